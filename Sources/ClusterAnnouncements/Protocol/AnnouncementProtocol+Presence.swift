package import ClusterFormation

extension AnnouncementProtocol {
    /// The first own message has come back: from now on this node looks for dead sessions in its turn.
    mutating func planPresence(at now: Instant) {
        guard let session = self.session else { return }
        let interval = self.configuration.heartbeatInterval
        let due = now.advanced(by: interval * Double.random(in: 1...2, using: &self.generator))
        guard session.isReturn else {
            self.session?.presence.begin(at: due, ownLook: nil)
            return
        }
        let spread = PresenceWatch.spreadPerMember.multiplied(by: self.members)
        let wait = self.returnTime + spread * Double.random(in: 0...1, using: &self.generator)
        self.session?.presence.begin(at: due, ownLook: session.openedAt.advanced(by: wait))
    }

    private var returnTime: Duration { PresenceWatch.returnTime(echoDeadline: self.configuration.echoDeadline) }

    /// Asks for a look when it is this node's turn.
    mutating func takePresenceTurn(at now: Instant) -> [Action] {
        guard let session = self.session, let due = session.presence.due, due <= now else { return [] }
        let isTurn =
            self.rank < PresenceWatch.regularLookers
            || Double.random(in: 0..<1, using: &self.generator) * Double(self.members) < 1
        var presence = session.presence
        let looks = presence.takeTurn(
            isTurn: isTurn && self.table.count > 0 && self.isProven(at: now),
            interval: self.configuration.heartbeatInterval,
            moment: session.clock.moment(at: now),
            at: now
        )
        self.session?.presence = presence
        if looks { self.session?.claims.asked(at: now) }
        return looks ? [.inspectPresence] : []
    }

    /// The sessions that the medium shows, or nil where it can't tell.
    package mutating func presence(_ present: Set<PresentSession>?, at now: Instant) -> [Action] {
        defer { self.reckonDeadline(at: now) }
        guard let seenAt = self.session?.presence.askedAt else { return [] }
        if let present { self.noteShown(present) }
        var missing: [InstanceID]?
        if let present, self.isProven(at: now) {
            // A pass over all peers, but once a heartbeat and on two nodes, not for a message.
            missing = self.table.all.filter { peer in
                self.isSuspect(peer, seenAt: seenAt, at: now) && !present.contains(PresentSession(of: peer))
            }.map(\.instance)
        }
        let confirmed = self.session?.presence.looked(missing, at: now) ?? []
        var actions: [Action] = []
        for start in stride(from: 0, to: confirmed.count, by: Self.absentPerMessage) {
            let chunk = Array(confirmed[start..<min(start + Self.absentPerMessage, confirmed.count)])
            actions.append(.send(.absent(Absence(instances: chunk, seenAt: seenAt))))
        }
        actions += self.suspect(Absence(instances: confirmed, seenAt: seenAt), at: now)
        return actions + self.judgeClaims(by: present, at: now)
    }

    /// Writes down which session each peer has, by the medium's word.
    private mutating func noteShown(_ present: Set<PresentSession>) {
        for peer in self.table.all
        where peer.processID != peer.homeProcessID && present.contains(PresentSession(of: peer)) {
            let home = PresentSession(instance: PresenceKey.instance(peer.instance), processID: peer.homeProcessID)
            guard !present.contains(home) else { continue }
            self.table.update(peer.instance) { $0.homeProcessID = peer.processID }
        }
    }

    /// Gives up peers whose sessions are gone, unless they were heard since; and speaks up if it is said of this node.
    mutating func suspect(_ absence: Absence, at now: Instant) -> [Action] {
        var actions: [Action] = []
        let mayAccuse = self.isProven(at: now)
        for instance in absence.instances {
            if instance == self.local {
                actions += self.contradict(at: now)
                continue
            }
            guard mayAccuse, let peer = self.table[instance], self.isSuspect(peer, seenAt: absence.seenAt, at: now)
            else { continue }
            self.table.remove(instance)
            self.noteDeparture(of: peer, .silent, at: now)
            actions.append(.lost(peer.node, .sessionEnded))
        }
        return actions
    }

    /// Whether a peer that the medium did not show at a moment may be taken for gone: it is shown otherwise, was last heard
    /// before, and is not on its way back from where this node has just come from itself.
    private func isSuspect(_ peer: Peer, seenAt moment: Moment, at now: Instant) -> Bool {
        guard peer.isShown, peer.moment < moment, let session = self.session else { return false }
        // Since when this node hears: before that the peers' new sessions were missed.
        let hearsSince = max(session.openedAt, self.graceStart)
        let mayBeReturning =
            peer.believedFrom < hearsSince && now < hearsSince.advanced(by: self.returnTime)
        return !mayBeReturning
    }

    /// Somebody says that this node is gone.
    ///
    /// Without a key that may be anybody, who names everybody in a few messages: it costs one announcement in an interval,
    /// and not all at the same time.
    private mutating func contradict(at now: Instant) -> [Action] {
        let pause = self.currentInterval
        let spread = min(PresenceWatch.spreadPerMember.multiplied(by: self.members), pause * 0.25)
        let delay = spread * Double.random(in: 0...1, using: &self.generator)
        return self.speakOutOfTurn(after: delay, pause: pause, at: now)
    }

    /// 128 ids of 35 bytes each, sealed or not, stay well below the payload's limit.
    private static var absentPerMessage: Int { 128 }
}

extension PresentSession {
    /// The session that a peer was heard from last.
    fileprivate init(of peer: Peer) {
        self.init(instance: PresenceKey.instance(peer.instance), processID: peer.processID)
    }
}
