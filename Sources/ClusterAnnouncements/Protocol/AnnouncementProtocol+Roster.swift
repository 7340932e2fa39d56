internal import ClusterFormation

/// Who answers a newcomer, and when.
///
/// Members take turns by the order of their instance ids: the first answers at once, the next one a slot later if no
/// answer was heard by then, and so on. Answers are spaced, so that many newcomers share one.
struct RosterTurn: Sendable {
    /// The newcomers that no roster has named yet.
    var pending: [InstanceID: Void] = [:]
    var due: Instant?
    /// When a roster was sent or heard last.
    var lastSent: Instant?

    init(lastSent: Instant? = nil) {
        self.lastSent = lastSent
    }

    /// For how long a member waits for the one before it.
    func slot(roundTrip: Duration) -> Duration {
        max(.milliseconds(50), roundTrip * 4)
    }

    /// How long one roster serves: longer in a larger cluster, where it takes more messages.
    func window(members: Int, roundTrip: Duration) -> Duration {
        max(.milliseconds(100), roundTrip * 4, .milliseconds(members))
    }

    mutating func heard(at now: Instant) {
        self.lastSent = now
        if self.pending.isEmpty { self.due = nil }
    }
}

extension AnnouncementProtocol {
    /// Until when a new session waits for a roster before the node takes itself for the first one.
    func synchronisationDue(_ session: Session) -> Instant? {
        guard !session.isSynchronised, let proof = session.lastProof else { return nil }
        let slot = self.roster.slot(roundTrip: self.roundTrip)
        return proof.advanced(by: max(.milliseconds(300), slot * 6))
    }

    mutating func queueAnswer(to newcomer: InstanceID, at now: Instant) {
        // The bound holds against a flood; who finds no place asks again with its next announcement.
        guard let session = self.session, self.roster.pending.count < self.configuration.maximumPeers else { return }
        self.roster.pending[newcomer] = ()
        let slot = self.roster.slot(roundTrip: self.roundTrip)
        // Who has just come itself knows less than the others and lets them speak first.
        let head = session.isSynchronised && session.lastProof != nil ? 0 : 2
        let turn = head + min(self.table.rank, 64)
        var due = now.advanced(by: slot * turn)
        if self.table.rank > 64 { due = due.advanced(by: slot * Double.random(in: 0..<64, using: &self.generator)) }
        if let last = self.roster.lastSent {
            due = max(due, last.advanced(by: self.roster.window(members: self.members, roundTrip: self.roundTrip)))
        }
        self.roster.due = min(self.roster.due ?? due, due)
    }

    mutating func takeRosterTurn(at now: Instant) -> [Action] {
        guard let due = self.roster.due, due <= now else { return [] }
        // A node that has no proof of its own channel answers nobody; it is asked again, or another one is.
        guard self.isProven(at: now) else {
            self.roster.due = now.advanced(by: self.roster.slot(roundTrip: self.roundTrip))
            return []
        }
        self.roster = RosterTurn(lastSent: now)
        return [.sendRoster(self.rosterEntries(at: now))]
    }

    private func rosterEntries(at now: Instant) -> [Roster.Entry] {
        var entries: [Roster.Entry] = []
        entries.reserveCapacity(self.table.count + self.candidates.count + 1)
        entries.append(
            Roster.Entry(
                instance: self.local,
                endpoint: self.localNode.endpoint,
                sequence: self.lastSequence,
                remaining: self.configuration.timeToLive(at: self.currentInterval),
                uptime: self.birth.duration(to: now),
                isProven: true,
                metadata: self.localNode.metadata
            )
        )
        for peer in self.table.all { entries.append(self.entry(for: peer, isProven: true, at: now)) }
        for instance in self.candidates.keys {
            guard let candidate = self.candidates[instance] else { continue }
            entries.append(self.entry(for: candidate, isProven: false, at: now))
        }
        return entries
    }

    private func entry(for peer: PeerTable.Peer, isProven: Bool, at now: Instant) -> Roster.Entry {
        Roster.Entry(
            instance: peer.instance,
            endpoint: peer.endpoint,
            sequence: peer.sequence,
            remaining: max(.milliseconds(1), peer.timeToLive - peer.lastHeard.duration(to: now)),
            uptime: peer.birth.duration(to: now),
            isProven: isProven,
            metadata: peer.metadata
        )
    }
}
