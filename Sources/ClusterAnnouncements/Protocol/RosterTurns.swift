internal import ClusterFormation

/// Which member answers the newcomers, and when.
///
/// Members take turns by seniority, the order in which they began to listen: the most senior has heard everybody else's
/// first announcement, and so knows the most. It answers at once; the next one a slot later if it has heard no answer by
/// then, and so on. Answers keep a distance from each other by what they cost the medium, so that many newcomers share
/// one. A node that has just begun to listen does not yet know its seniors: it takes no turn until it was named in an
/// answer, or its own announcement has come back and nobody has answered it for a slot.
struct RosterTurns: Sendable {
    /// How many newcomers are remembered at most until they are answered: a bound against a flood, far above a crowd, since
    /// an answer names everybody, also newcomers that found no place.
    static let capacity = 4_096

    /// How many rosters of several parts are followed at once: senders that answer in the same moment are few.
    private static let mostReadings = 16

    /// The shortest time in which an answer of the member before is waited for: what a busy machine takes to run another
    /// process's threads.
    static let shortestSlot = Duration.milliseconds(5)

    /// How many messages' way a slot lasts: a newcomer's announcement to the member, its answer back, and as much again
    /// for the member's work.
    private static let slotInLags = 4

    /// How far down the list each member still has a slot of its own; those beyond share as many slots at random, since so
    /// many are not all gone at once.
    private static let longestQueue = 16

    /// By how much longer than an answer takes a core the next one comes: answers take half of it, while newcomers keep
    /// coming.
    private static let restPerAnswer = 2

    /// A roster whose last part has not come.
    private struct Reading: Sendable {
        var namesLocal = false
        var isFull = false
        /// The newcomers that it has named.
        var named: [InstanceID] = []
    }

    /// A newcomer that waits for an answer.
    private struct Waiting: Sendable {
        /// At which place in the stream it was heard.
        var place: UInt64
        /// No answer ever names it: any that is whole will do.
        var isObserver: Bool
    }

    private var pending: [InstanceID: Waiting] = [:]
    private var readings: [InstanceID: Reading] = [:]
    /// Their senders, in the order in which they began: one whose last part was lost makes room for the next.
    private var readers: [InstanceID] = []
    /// Since when somebody waits.
    private var waitingSince = Instant.start
    /// When this node or another one answered last.
    private var answeredAt: Instant?
    /// Whether this node has begun an answer of which the last part is not yet sent.
    private var isAnswerQueued = false
    /// Whether somebody else has answered since the newcomers wait that this node answers.
    private var isContested = false
    /// The last message of this node's own last answer.
    private var lastOwnAnswer: UInt64 = 0
    /// Where among the slots of those far down the list this node's own is, 0 to 1.
    let place: Double
    /// Whether it is known which members are senior: an answer has named this node, or nobody is there to answer.
    private(set) var isSynchronised = false
    /// Whether somebody's answer has named this node, or said that it has no room for it.
    private(set) var wasAnswered = false
    /// How many messages were heard on this session, and at which of them this node's last own announcement came back.
    private var heard: UInt64 = 0
    private var announcedAt: UInt64?

    /// Whether no answer will ever name this node.
    private let isObserver: Bool

    init(place: Double, isObserver: Bool = false) {
        self.place = place
        self.isObserver = isObserver
    }

    var hasPending: Bool { !self.pending.isEmpty }
    /// Whether this node's announcement has come back on this session: newcomers from then on are its juniors.
    var hasAnnounced: Bool { self.announcedAt != nil }

    /// For how long a member waits for the one before it.
    static func slot(lag: Duration) -> Duration { max(self.shortestSlot, lag.multiplied(by: self.slotInLags)) }

    /// The time between two answers of so many messages that so many members hear.
    static func spacing(members: Int, messages: Int, cost: DeliveryCost = .postgres) -> Duration {
        cost.total(ofMessages: messages, members: members).multiplied(by: self.restPerAnswer)
    }

    // MARK: When

    /// What is known of the cluster when a turn is reckoned.
    struct Circumstances {
        /// How many members take their turn before this one.
        var rank: Int
        var members: Int
        /// How many messages an answer takes.
        var messages: Int
        /// What each delivery costs.
        var cost = DeliveryCost.postgres
        /// How long messages take of late.
        var lag: Duration
        /// When this node's own announcement has come back; nil until then.
        var lastEcho: Instant?
        /// The last own message that has come back.
        var lastEchoed: UInt64
    }

    /// When it will be certain enough that nobody answers this node, unless somebody does.
    func synchronisationDue(_ circumstances: Circumstances) -> Instant? {
        guard !self.isSynchronised else { return nil }
        return circumstances.lastEcho.map { $0.advanced(by: Self.slot(lag: circumstances.lag)) }
    }

    /// When it is this node's turn to answer; nil while nobody waits, or this node may not answer yet.
    ///
    /// While its last answer is under way another one would wait behind it, and say little more.
    func due(_ circumstances: Circumstances) -> Instant? {
        let isUnderWay = self.isAnswerQueued || self.lastOwnAnswer > circumstances.lastEchoed
        guard !self.pending.isEmpty, !isUnderWay, circumstances.lastEcho != nil else { return nil }
        var due = self.waitingSince
        if let synchronisation = self.synchronisationDue(circumstances) { due = max(due, synchronisation) }
        if let answeredAt = self.answeredAt {
            let spacing = Self.spacing(
                members: circumstances.members,
                messages: circumstances.messages,
                cost: circumstances.cost
            )
            due = max(due, answeredAt.advanced(by: spacing))
        }
        let slot = Self.slot(lag: circumstances.lag)
        due = due.advanced(by: slot.multiplied(by: min(circumstances.rank, Self.longestQueue)))
        guard circumstances.rank > Self.longestQueue else { return due }
        return due.advanced(by: slot.multiplied(by: Self.longestQueue) * self.place)
    }

    // MARK: What happens

    /// A message was heard, whatever it says.
    mutating func noteMessage() {
        self.heard += 1
    }

    /// A newcomer asks for an answer.
    mutating func ask(_ newcomer: InstanceID, isObserver: Bool = false, at now: Instant) {
        guard self.pending.count < Self.capacity || self.pending[newcomer] != nil else { return }
        if self.pending.isEmpty {
            self.waitingSince = now
            self.isContested = false
        }
        self.pending[newcomer] = Waiting(place: self.heard, isObserver: isObserver)
    }

    /// This node's own announcement has come back: newcomers that were heard before know it.
    mutating func announced() {
        self.announcedAt = self.heard
    }

    /// Nobody answers: this node is the first, and answers itself from now on.
    mutating func synchronise() {
        self.isSynchronised = true
    }

    /// The turn has come: all that wait now are answered.
    mutating func answer(at now: Instant) {
        self.isAnswerQueued = true
        self.answeredAt = now
        self.pending.removeAll(keepingCapacity: true)
    }

    /// A part of this node's own answer was sent, as that number.
    mutating func sent(_ roster: Roster, as number: UInt64) {
        self.lastOwnAnswer = number
        if roster.isLastPart { self.isAnswerQueued = false }
    }

    /// A part of this node's own answer has come back; true when none of the members before it has answered until then.
    func isUncontested(_ roster: Roster) -> Bool { roster.isLastPart && !self.isContested }

    /// This node's own answer was not sent to its end.
    mutating func abandonAnswer() {
        self.isAnswerQueued = false
    }

    /// The turn has come, but this node can't answer now: it looks again later, unless another one has answered.
    mutating func postpone(to later: Instant) {
        self.waitingSince = later
    }

    /// Somebody else has answered, with this part of a roster.
    ///
    /// A newcomer that was named waits no longer, unless this node was left out and the newcomer has not heard it: an
    /// answer of somebody that knows little is none.
    ///
    /// - Returns: Whether the sender has no room for this node.
    @discardableResult
    mutating func heard(_ roster: Roster, from sender: InstanceID, local: InstanceID, at now: Instant) -> Bool {
        self.answeredAt = now
        self.isContested = true
        var reading = roster.part == 1 ? Reading() : self.readings[sender] ?? Reading()
        if self.readings.removeValue(forKey: sender) != nil { self.readers.removeAll { $0 == sender } }
        reading.isFull = reading.isFull || roster.isFull
        for entry in roster.entries {
            if entry.instance == local { reading.namesLocal = true }
            if self.pending[entry.instance] != nil { reading.named.append(entry.instance) }
        }
        guard roster.isLastPart else {
            self.readings[sender] = reading
            self.readers.append(sender)
            if self.readers.count > Self.mostReadings { self.readings[self.readers.removeFirst()] = nil }
            return false
        }
        if reading.namesLocal || reading.isFull || self.isObserver {
            (self.isSynchronised, self.wasAnswered) = (true, true)
        }
        // From a full table a newcomer learns all that it can, though it is not named.
        let answered =
            reading.isFull
            ? Array(self.pending.keys) : reading.named + self.pending.filter(\.value.isObserver).map(\.key)
        for newcomer in answered {
            guard let waiting = self.pending[newcomer] else { continue }
            let knowsLocal = reading.namesLocal || self.announcedAt.map { waiting.place < $0 } ?? false
            if knowsLocal { self.pending[newcomer] = nil }
        }
        return reading.isFull && !reading.namesLocal && !self.isObserver
    }

    /// Somebody that waited is gone.
    mutating func forget(_ newcomer: InstanceID) {
        self.pending[newcomer] = nil
    }
}
