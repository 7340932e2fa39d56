internal import ClusterFormation

/// Who answers a newcomer, and when.
///
/// Members take turns by the order of their instance ids: the first answers at once, the next one a slot later if no
/// answer was heard by then, and so on. Answers keep a distance from each other, the larger the more messages they
/// take, so that many newcomers share one answer.
///
/// Of nodes that start together each knows a few: whoever is left out of an answer announces itself once more, which is
/// one message, where an answer of its own would be many.
struct RosterTurn: Sendable {
    /// How many newcomers are remembered at most until they are answered.
    static let capacity = 2_048
    /// From how many newcomers on they are a crowd, which is answered when no more of it come.
    private static let crowd = 8
    /// For how long a newcomer waits for the first in turn at most, while others keep coming; and at most for as long as so
    /// many answers take, if that is longer.
    private static let longestWait = (time: Duration.seconds(10), answers: 8)
    /// How much time there is between two answers for each message that they take.
    private static let spacing = Duration.milliseconds(100)

    private struct Waiting: Sendable {
        var since: Nanoseconds
        /// Who has named it in a roster of which a later message may still name this node.
        var namer: InstanceID?
    }

    /// The newcomers that wait for an answer: thousands, when as many start at once.
    private var pending: InstanceMap<Waiting>
    /// How many of them somebody has named.
    private var namedCount = 0
    /// Since when somebody waits.
    private var waitingSince: Instant?
    /// How many turns before this node's own, in time.
    private(set) var delay: Duration = .zero
    /// Who has named this node in a roster since its session began.
    private var namedBy: Set<InstanceID> = []
    private(set) var due: Instant?
    /// When this node announced itself last: whoever was already listening then knows it.
    private var announcedAt: Instant?
    /// When it is certain that an answer leaves this node out.
    private(set) var leftOutDue: Instant?
    /// When this node answered last, on this session.
    private(set) var answeredAt: Instant?
    /// When somebody answered last, this node or another.
    private var lastAnswer: Instant?

    init(secret: HashSecret) {
        self.pending = InstanceMap(secret: secret)
    }

    var pendingCount: Int { self.pending.count }

    /// Whether so many wait that they share one answer.
    var isCrowded: Bool { self.pending.count > Self.crowd }

    /// Whether somebody who waits has not been listening when this node announced itself last.
    func missesLocal(_ newcomer: InstanceID) -> Bool {
        guard let since = self.pending[newcomer]?.since else { return false }
        return self.announcedAt.map { Nanoseconds($0) < since } ?? true
    }

    func isPending(_ newcomer: InstanceID) -> Bool { self.pending[newcomer] != nil }

    /// A newcomer waits for an answer that takes so many messages.
    mutating func queue(
        _ newcomer: InstanceID,
        after delay: Duration,
        messages: Int,
        slot: Duration,
        at now: Instant
    ) {
        if self.pending.isEmpty { self.waitingSince = now }
        if self.namedCount > 0, self.pending[newcomer]?.namer != nil { self.namedCount -= 1 }
        self.pending.set(newcomer, to: Waiting(since: Nanoseconds(now)))
        self.delay = delay
        // One answer for all of a crowd, and not into the midst of their announcements.
        let earliest = self.pending.count > Self.crowd ? now.advanced(by: slot) : now
        let due = self.turn(notBefore: earliest, messages: messages)
        self.due = self.pending.count > Self.crowd ? due : self.due.map { min($0, due) } ?? due
    }

    /// When it is this node's turn: the first one's comes when the last answer is a while ago.
    private func turn(notBefore earliest: Instant, messages: Int) -> Instant {
        var first = earliest
        let spacing = Self.spacing.multiplied(by: messages)
        if let lastAnswer = self.lastAnswer { first = max(first, lastAnswer.advanced(by: spacing)) }
        let longest = max(Self.longestWait.time, spacing.multiplied(by: Self.longestWait.answers))
        if let waitingSince = self.waitingSince { first = min(first, waitingSince.advanced(by: longest)) }
        return first.advanced(by: self.delay)
    }

    /// The turn has come: whoever waited is answered now.
    mutating func answer(at now: Instant) {
        self.pending.removeAll()
        self.namedCount = 0
        self.due = nil
        self.leftOutDue = nil
        self.answeredAt = now
        self.lastAnswer = now
    }

    mutating func announced(at now: Instant) {
        self.announcedAt = now
    }

    /// Whether answers have left this node out, for certain; whom they name waits no longer.
    mutating func takeLeftOut(at now: Instant) -> Bool {
        guard let due = self.leftOutDue, due <= now else { return false }
        self.leftOutDue = nil
        guard self.namedCount > 0 else { return false }
        self.pending.removeAll { $0.namer != nil }
        self.namedCount = 0
        if self.pending.isEmpty { self.due = nil }
        return true
    }

    /// It can't answer now; later.
    mutating func postpone(to later: Instant) {
        self.due = later
    }

    /// How far the server is behind is known now, and with it how long the turns before this node's own take.
    mutating func reschedule(after delay: Duration, messages: Int, at now: Instant) {
        guard self.due != nil else { return }
        self.delay = delay
        self.due = self.turn(notBefore: now, messages: messages)
    }

    /// Somebody else has answered.
    mutating func heard(
        _ named: some Sequence<InstanceID>,
        namesLocal: Bool,
        from sender: InstanceID,
        messages: Int,
        slot: Duration,
        at now: Instant
    ) {
        self.lastAnswer = now
        if namesLocal {
            // Bounded: whoever is left out answers once more than needed.
            if self.namedBy.count >= 256 { self.namedBy.removeAll() }
            self.namedBy.insert(sender)
        }
        guard !self.pending.isEmpty else { return }
        let coversLocal = self.namedBy.contains(sender)
        let announcedAt = self.announcedAt.map { Nanoseconds($0) }
        for instance in named {
            guard var waiting = self.pending[instance] else { continue }
            if coversLocal || (announcedAt.map { waiting.since <= $0 } ?? false) {
                self.forget(waiting, instance)
            } else {
                if waiting.namer == nil { self.namedCount += 1 }
                waiting.namer = sender
                self.pending.set(instance, to: waiting)
            }
        }
        if namesLocal, self.namedCount > 0 {
            let before = self.pending.count
            self.pending.removeAll { $0.namer == sender }
            self.namedCount -= before - self.pending.count
        }
        self.leftOutDue = self.namedCount > 0 ? now.advanced(by: slot) : nil
        // Whoever answers goes on as long as somebody waits; the others give it time for that.
        let later = self.turn(notBefore: now.advanced(by: slot), messages: messages)
        self.due = self.pending.isEmpty ? nil : self.due.map { max($0, later) }
    }

    /// Somebody who waited is gone.
    mutating func forget(_ newcomer: InstanceID) {
        if let waiting = self.pending[newcomer] { self.forget(waiting, newcomer) }
        if self.pending.isEmpty { self.due = nil }
    }

    private mutating func forget(_ waiting: Waiting, _ newcomer: InstanceID) {
        self.pending.remove(newcomer)
        if waiting.namer != nil { self.namedCount -= 1 }
    }

    /// The session is gone, and with it what was asked on it.
    mutating func reset() {
        self.pending.removeAll()
        self.namedCount = 0
        self.namedBy.removeAll()
        self.due = nil
        self.leftOutDue = nil
        self.answeredAt = nil
        self.announcedAt = nil
    }
}

extension AnnouncementProtocol {
    /// For how long a member waits for the one before it: as long as an answer may take to be heard by everybody.
    var slot: Duration {
        max(.milliseconds(50), self.roundTrip.multiplied(by: 4), .microseconds(200 * self.expectedMembers))
    }

    /// Until when a new session waits for a roster before the node takes itself for the first one.
    func synchronisationDue(_ session: Session) -> Instant? {
        guard !session.isSynchronised, let proof = session.lastProof else { return nil }
        return proof.advanced(by: max(.milliseconds(300), self.slot.multiplied(by: 6)))
    }

    mutating func queueAnswer(to newcomer: InstanceID, at now: Instant) {
        // The bound holds against a flood, and is far above a crowd: an answer names everybody, also who found no place.
        guard let session = self.session, self.roster.pendingCount < RosterTurn.capacity else { return }
        let slot = self.slot
        // Who has just come itself knows less than the others and lets them speak first.
        let head = session.isSynchronised && session.lastProof != nil ? 0 : 2
        let isNew = head > 0 || self.table.count == 0
        // The newcomer itself takes no turn.
        let isCounted = self.takesTurn(newcomer) || (isNew && self.candidates[newcomer] != nil)
        // Strangers without proof put nobody off who is at home.
        let rank = self.turn + (isNew ? self.candidates.rank : 0) - (newcomer < self.local && isCounted ? 1 : 0)
        let delay = slot.multiplied(by: head) + self.turnDelay(rank: rank, slot: slot)
        self.roster.queue(newcomer, after: delay, messages: self.rosterMessages, slot: slot, at: now)
    }

    /// How many members take their turn before this node.
    ///
    /// Of those whom the medium shows only they themselves: who is not shown may be a stranger's invention, of which there
    /// can be any number. Who claims to be shown and is not is soon found missing.
    var turn: Int { self.isShown ? self.table.shownRank : self.table.rank }

    /// Whether a peer has a turn, as this node sees it.
    private func takesTurn(_ instance: InstanceID) -> Bool {
        self.isShown ? self.table[instance]?.isShown ?? false : self.table.contains(instance)
    }

    private var isShown: Bool { self.session?.isShown ?? false }

    /// How long the turns of those before it take; far down the list it does not matter who is before whom.
    private mutating func turnDelay(rank: Int, slot: Duration) -> Duration {
        let delay = slot.multiplied(by: min(rank, Self.longestQueue))
        guard rank > Self.longestQueue else { return delay }
        return delay + slot * Double.random(in: 0..<Double(Self.longestQueue), using: &self.generator)
    }

    private static var longestQueue: Int { 64 }

    /// An own message that has come back says how far the server is behind, and so how long a turn takes.
    mutating func rescheduleLongAnswer(at now: Instant) {
        guard self.isAnswerLong else { return }
        let rank = self.turn + (self.table.count == 0 ? self.candidates.rank : 0)
        self.roster.reschedule(
            after: self.turnDelay(rank: rank, slot: self.slot),
            messages: self.rosterMessages,
            at: now
        )
    }

    mutating func takeRosterTurn(at now: Instant) -> [Action] {
        let actions = self.roster.takeLeftOut(at: now) ? [self.announce(at: now)] : []
        guard let due = self.roster.due, due <= now else { return actions }
        // A node that has no proof of its own channel answers nobody; it is asked again, or another one is. While its
        // last answer is on its way another one would wait behind it.
        guard self.isProven(at: now), !self.isAnswerUnderWay(at: now) else {
            self.roster.postpone(to: now.advanced(by: self.slot))
            return actions
        }
        if self.isAnswerLong, !self.knowsRoundTrip(at: now) {
            self.roster.postpone(to: now.advanced(by: self.slot))
            guard actions.isEmpty, self.session?.awaitedEcho == nil else { return actions }
            return [self.announce(at: now)]
        }
        let entries = self.rosterEntries(at: now)
        self.roster.answer(at: now)
        return actions + [.sendRoster(entries)]
    }

    private func isAnswerUnderWay(at now: Instant) -> Bool {
        guard let session = self.session, let answered = self.roster.answeredAt else { return false }
        return session.lastEchoed < self.lastSequence && now < answered.advanced(by: self.patience)
    }

    /// Whether an answer takes so many messages that it must not be sent in vain; with a key each newcomer's proof is one
    /// message more, so that asking first is worth it for longer ones alone.
    private var isAnswerLong: Bool { self.roster.isCrowded && self.rosterMessages > (self.requiresProof ? 20 : 2) }

    /// Whether this node knows how far the server is behind, so that the answer of somebody before it in turn would have
    /// been heard by now.
    ///
    /// Of thousands of nodes that start together the first hear themselves at once, while what others have said since is
    /// still to come for minutes. So one announcement asks first, which is one message, where an answer is a hundred.
    private func knowsRoundTrip(at now: Instant) -> Bool {
        guard let session = self.session, session.awaitedEcho == nil, let proof = session.lastProof else {
            return false
        }
        return now < proof.advanced(by: self.roster.delay + self.slot.multiplied(by: 2))
    }

    /// In how many messages a roster fits, about: an entry without metadata takes about 100 bytes of 7,999.
    var rosterMessages: Int { 1 + (self.table.count + self.candidates.count) / 75 }

    /// Everybody who is known, those first who wait to be named.
    ///
    /// With a key a newcomer believes only those messages of a roster that name it, until it knows the sender: so the
    /// sender is named in every message that names newcomers.
    private func rosterEntries(at now: Instant) -> [Roster.Entry] {
        let local = self.localEntry(at: now)
        var entries: [Roster.Entry] = []
        entries.reserveCapacity((self.table.count + self.candidates.count) * 33 / 32 + 2)
        func append(_ entry: Roster.Entry) {
            if entries.count.isMultiple(of: Self.localEntryEvery) { entries.append(local) }
            entries.append(entry)
        }
        for candidate in self.candidates.all { append(self.entry(for: candidate, isProven: false, at: now)) }
        let isKeyed = self.requiresProof
        for peer in self.table.all where isKeyed && self.roster.isPending(peer.instance) {
            append(self.entry(for: peer, isProven: true, at: now))
        }
        if entries.count > Self.localEntryEvery || entries.isEmpty { entries.append(local) }
        for peer in self.table.all where !(isKeyed && self.roster.isPending(peer.instance)) {
            entries.append(self.entry(for: peer, isProven: true, at: now))
        }
        return entries
    }

    /// Less than half of the entries that fit in one message.
    private static var localEntryEvery: Int { 24 }

    private func localEntry(at now: Instant) -> Roster.Entry {
        Roster.Entry(
            instance: self.local,
            endpoint: self.localNode.endpoint,
            sequence: self.lastSequence,
            remaining: self.configuration.timeToLive(at: self.currentInterval),
            uptime: self.birth.duration(to: now),
            isProven: true,
            showsPresence: self.isShown,
            metadata: self.localNode.metadata
        )
    }

    private func entry(for peer: PeerTable.Peer, isProven: Bool, at now: Instant) -> Roster.Entry {
        Roster.Entry(
            instance: peer.instance,
            endpoint: peer.endpoint,
            sequence: peer.sequence,
            remaining: max(.milliseconds(1), now.duration(to: self.expiry(of: peer))),
            uptime: peer.birth.instant.duration(to: now),
            isProven: isProven,
            showsPresence: peer.isShown,
            metadata: peer.metadata
        )
    }
}
