internal import ClusterFormation

/// Who answers a newcomer, and when.
///
/// Members take turns by the order of their instance ids: the first answers at once, the next one a slot later if no
/// answer was heard by then, and so on. The answers of the whole cluster share a budget, so that many newcomers share
/// one answer.
///
/// A member holds back only for the answer of somebody who knows it: of nodes that start together each knows a few, and
/// an answer that leaves this node out leaves the newcomer without it.
struct RosterTurn: Sendable {
    /// How many messages of rosters the cluster may send a second, and how many at once after a quiet time.
    private static let messagesPerSecond = 10.0
    private static let burst = 16.0

    private struct Wait: Sendable {
        /// Who has named the newcomer in a roster of which a later message may still name this node.
        var namedBy: InstanceID?
    }

    /// The newcomers that wait for an answer.
    private var pending: [InstanceID: Wait] = [:]
    /// Who has named this node in a roster since its session began.
    private var namedBy: Set<InstanceID> = []
    private(set) var due: Instant?
    private var credit = RosterTurn.burst
    private var creditAt: Instant?
    /// Until when somebody else's answers are given time to go on.
    private var heldUntil: Instant?

    var pendingCount: Int { self.pending.count }

    /// For how long a member waits for the one before it.
    static func slot(roundTrip: Duration) -> Duration {
        max(.milliseconds(50), roundTrip * 4)
    }

    /// A newcomer waits for an answer that takes so many messages.
    mutating func queue(_ newcomer: InstanceID, after delay: Duration, messages: Int, at now: Instant) {
        self.pending[newcomer] = Wait()
        self.refill(for: messages, at: now)
        let missing = max(0, Double(messages) - self.credit)
        let affordable = now.advanced(by: .seconds(missing / Self.messagesPerSecond))
        var due = max(now.advanced(by: delay), affordable)
        if delay > .zero, let heldUntil = self.heldUntil { due = max(due, heldUntil) }
        self.due = self.due.map { min($0, due) } ?? due
    }

    /// The turn has come: whoever waited is answered now.
    mutating func answer(messages: Int, at now: Instant) {
        self.refill(for: messages, at: now)
        self.credit = max(self.credit - Double(messages), -Self.burst)
        self.pending.removeAll()
        self.due = nil
    }

    /// It can't answer now; later.
    mutating func postpone(to later: Instant) {
        self.due = later
    }

    /// Somebody else has answered.
    mutating func heard(
        _ named: [InstanceID],
        namesLocal: Bool,
        from sender: InstanceID,
        messages: Int,
        slot: Duration,
        at now: Instant
    ) {
        self.refill(for: messages, at: now)
        self.credit = max(self.credit - 1, -Self.burst)
        if namesLocal {
            // Bounded: whoever is left out answers once more than needed.
            if self.namedBy.count >= 256 { self.namedBy.removeAll() }
            self.namedBy.insert(sender)
        }
        // Who answers answers again, as fast as the budget allows; that is given half as long again.
        let hold = max(slot * 4, .seconds(Double(messages) * 1.5 / Self.messagesPerSecond))
        self.heldUntil = now.advanced(by: hold)
        guard !self.pending.isEmpty else { return }
        let coversLocal = self.namedBy.contains(sender)
        for instance in named where self.pending[instance] != nil {
            self.pending[instance] = coversLocal ? nil : Wait(namedBy: sender)
        }
        if namesLocal { self.pending = self.pending.filter { $0.value.namedBy != sender } }
        self.due = self.pending.isEmpty ? nil : self.due.map { max($0, now.advanced(by: hold)) }
    }

    /// Somebody who waited is gone.
    mutating func forget(_ newcomer: InstanceID) {
        self.pending.removeValue(forKey: newcomer)
        if self.pending.isEmpty { self.due = nil }
    }

    /// The session is gone, and with it what was asked on it.
    mutating func reset() {
        self.pending.removeAll()
        self.namedBy.removeAll()
        self.due = nil
    }

    private mutating func refill(for messages: Int, at now: Instant) {
        let most = max(Self.burst, Double(messages) * 2)
        let elapsed = self.creditAt.map { $0.duration(to: now).inSeconds } ?? 0
        self.credit = min(most, self.credit + elapsed * Self.messagesPerSecond)
        self.creditAt = now
    }
}

extension AnnouncementProtocol {
    /// Until when a new session waits for a roster before the node takes itself for the first one.
    func synchronisationDue(_ session: Session) -> Instant? {
        guard !session.isSynchronised, let proof = session.lastProof else { return nil }
        let slot = RosterTurn.slot(roundTrip: self.roundTrip)
        return proof.advanced(by: max(.milliseconds(300), slot * 6))
    }

    mutating func queueAnswer(to newcomer: InstanceID, at now: Instant) {
        // The bound holds against a flood; who finds no place asks again with its next announcement.
        guard let session = self.session, self.roster.pendingCount < self.configuration.maximumPeers else { return }
        let slot = RosterTurn.slot(roundTrip: self.roundTrip)
        // Who has just come itself knows less than the others and lets them speak first.
        let head = session.isSynchronised && session.lastProof != nil ? 0 : 2
        // The newcomer itself takes no turn.
        let rank = self.table.rank - (newcomer < self.local && self.table[newcomer] != nil ? 1 : 0)
        var delay = slot * (head + min(rank, 64))
        if rank > 64 { delay += slot * Double.random(in: 0..<64, using: &self.generator) }
        self.roster.queue(newcomer, after: delay, messages: self.rosterMessages, at: now)
    }

    mutating func takeRosterTurn(at now: Instant) -> [Action] {
        guard let due = self.roster.due, due <= now else { return [] }
        // A node that has no proof of its own channel answers nobody; it is asked again, or another one is.
        guard self.isProven(at: now) else {
            self.roster.postpone(to: now.advanced(by: RosterTurn.slot(roundTrip: self.roundTrip)))
            return []
        }
        self.roster.answer(messages: self.rosterMessages, at: now)
        return [.sendRoster(self.rosterEntries(at: now))]
    }

    /// In how many messages a roster fits, about: an entry without metadata takes about 100 bytes of 7,999.
    var rosterMessages: Int { 1 + (self.table.count + self.candidates.count) / 75 }

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
            remaining: max(.milliseconds(1), max(peer.timeToLive, self.shortestBelief) - peer.silence(at: now)),
            uptime: peer.birth.instant.duration(to: now),
            isProven: isProven,
            metadata: peer.metadata
        )
    }
}
