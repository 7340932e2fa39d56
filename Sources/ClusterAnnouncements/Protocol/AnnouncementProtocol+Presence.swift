package import ClusterFormation

/// How a killed node is found long before its stretched heartbeat is overdue: the server sees its session end.
///
/// The first two members in turn look once a heartbeat, and each of the others now and then, so that somebody looks when
/// those two are dead. Who is missing twice, a moment apart, is announced as absent.
struct PresenceWatch: Sendable {
    /// How long after a first look that misses somebody the second one follows.
    static let recheck: Duration = .seconds(1)
    /// For how long after a session began a peer that has not been heard on it may still be on its way back: after a
    /// restart of the server everyone's session is new.
    ///
    /// Twice the longest wait between two attempts.
    static let returnTime: Duration = .seconds(30)

    /// Who was missing at the last look.
    var missing: Set<InstanceID> = []
    var due: Instant?
    var isLooking = false
    /// When a node that was away looks for itself: it has missed what was said meanwhile.
    var ownLook: Instant?
}

extension AnnouncementProtocol {
    /// The key under which an instance's session can be seen, the same on every node.
    package static func presenceKey(of instance: InstanceID) -> Int32 {
        Int32(truncatingIfNeeded: instance.low ^ instance.high)
    }

    /// The key of a cluster, the same on every node: FNV-1a of its name.
    package static func presenceKey(ofCluster name: String) -> Int32 {
        var hash: UInt32 = 0x811c_9dc5
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int32(bitPattern: hash)
    }

    /// Asks for a look when it is this node's turn.
    mutating func takePresenceTurn(at now: Instant) -> [Action] {
        guard let session = self.session, session.isSynchronised, self.isProven(at: now) else {
            self.presence.due = nil
            return []
        }
        let interval = self.configuration.heartbeatInterval
        guard let due = self.presence.due else {
            self.presence.due = now.advanced(by: interval * Double.random(in: 1...2, using: &self.generator))
            if session.isReturn {
                // Spread, since each look has the server list all sessions.
                let spread = Duration.milliseconds(10) * self.members
                self.presence.ownLook = session.openedAt.advanced(
                    by: PresenceWatch.returnTime + spread * Double.random(in: 0...1, using: &self.generator)
                )
            }
            return []
        }
        guard due <= now else { return [] }
        self.presence.due = now.advanced(by: interval)
        let isOwnLook = self.presence.ownLook.map { $0 <= now } ?? false
        if isOwnLook { self.presence.ownLook = nil }
        let isTurn =
            self.turn <= 1 || isOwnLook || !self.presence.missing.isEmpty
            || Double.random(in: 0..<1, using: &self.generator) * Double(self.members) < 1
        guard isTurn, self.table.count > 0, !self.presence.isLooking else { return [] }
        self.presence.isLooking = true
        return [.inspectPresence]
    }

    /// The instances whose sessions the medium sees, or nil where it can't tell.
    package mutating func presence(_ present: Set<Int32>?, at now: Instant) -> [Action] {
        self.presence.isLooking = false
        guard let present, self.isProven(at: now) else {
            self.presence.missing = []
            return []
        }
        // A pass over all peers, but once a heartbeat and on two nodes, not for a message.
        let missing = self.table.all.filter { peer in
            peer.isShown && !present.contains(Self.presenceKey(of: peer.instance))
                && peer.silence(at: now) > PresenceWatch.recheck && !self.mayBeReturning(peer, at: now)
        }.map(\.instance)
        let confirmed = missing.filter(self.presence.missing.contains)
        self.presence.missing = Set(missing).subtracting(confirmed)
        if !self.presence.missing.isEmpty { self.presence.due = now.advanced(by: PresenceWatch.recheck) }
        var actions: [Action] = []
        for start in stride(from: 0, to: confirmed.count, by: Self.absentPerMessage) {
            let chunk = Array(confirmed[start..<min(start + Self.absentPerMessage, confirmed.count)])
            actions.append(.send(self.seal(.absent(chunk), at: now)))
        }
        return actions + self.suspect(confirmed, at: now)
    }

    /// Whether a peer may be on its way back: this node's own session is new, and so everybody's may be.
    func mayBeReturning(_ peer: PeerTable.Peer, at now: Instant) -> Bool {
        guard let session = self.session, peer.lastHeard.instant < session.openedAt else { return false }
        return now < session.openedAt.advanced(by: PresenceWatch.returnTime)
    }

    /// 128 ids of 35 bytes each, sealed or not, stay well below the payload's limit.
    private static var absentPerMessage: Int { 128 }
}
