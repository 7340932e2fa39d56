internal import ClusterAnnouncements
internal import ClusterFormation

/// What a node writes into the table and when, and what it makes of what it reads; as a value.
///
/// Only an answer of the server changes what is believed, and only one that shows the node's own row: as long as the table
/// can't be read, or does not give back what was written, nobody is accused. After that everybody has a time-to-live of
/// grace.
struct TableMachine: Sendable {
    /// The next row of this node.
    struct Beat: Sendable {
        var envelope: Envelope
        var timeToLive: Duration
        /// Whether to remove rows of the dead on the way.
        var sweeps: Bool
    }

    /// What the server has answered to a heartbeat.
    struct Answer: Sendable {
        /// The server's time.
        var moment: Moment
        /// The rows that could be opened.
        var rows: [Envelope]
        /// Whether there may be more rows than were read.
        var isCut = false
    }

    /// How a node takes leave.
    enum Farewell: Sendable {
        /// A row that says so: whoever reads it need not wait.
        case row(Beat)
        /// Nobody is there to read it.
        case erase
    }

    enum Action: Hashable, Sendable {
        case peer(TablePeers.Change)
        case condition(StrategyCondition)
        case clockStepped(Duration)
    }

    /// How soon a node looks for the second time: it has not seen those who have started together with it.
    private static let secondLook: Duration = .seconds(1)

    /// How many nodes remove the rows of the dead, and at which heartbeats: those with the lowest instances, in turn.
    private static let sweepers = (count: 2, everyBeats: 12)

    /// How many times a node's own time-to-live it believes what others claim at most.
    private static let longestBelief = 4

    /// How many answers in a row may lack the own row: after an outage it is too old to be shown once, or gone.
    private static let ownRowMayBeMissing = 1

    private let configuration: PostgresTableConfiguration
    private var localNode: Node
    /// Whether this node writes nothing.
    private let isObserver: Bool
    private let instance: InstanceID
    private let bornAt: Instant
    private var generator: SeededGenerator
    private var schedule: HeartbeatSchedule
    private var peers: TablePeers
    private var clock: MediumClock?
    private var number: UInt64 = 0
    private var lastAnswer: Instant?
    /// Whether something was amiss since then, so that silence does not count.
    private var hasFailed = false
    private var graceStart: Instant?
    private var missingOwnRow = 0
    private var hasRepeated = false

    /// When to write and read next.
    private(set) var nextBeat: Instant

    init(
        configuration: PostgresTableConfiguration,
        localNode: Node,
        instance: InstanceID,
        isObserver: Bool = false,
        seed: UInt64,
        at now: Instant
    ) {
        var localNode = localNode
        localNode.instance = instance
        self.configuration = configuration
        self.isObserver = isObserver
        self.localNode = localNode
        self.instance = instance
        self.bornAt = now
        self.generator = SeededGenerator(seed: seed)
        self.schedule = HeartbeatSchedule(
            base: configuration.heartbeatInterval,
            deliveriesPerSecond: configuration.maximumRowRate
        )
        self.peers = TablePeers(
            local: localNode,
            bornAt: now,
            isSealed: configuration.keys != nil,
            capacity: configuration.maximumRows
        )
        self.nextBeat = now
    }

    /// What the local node says of itself in its next row.
    var metadata: [String: String] {
        get { self.localNode.metadata }
        set { self.localNode.metadata = newValue }
    }

    /// How many nodes there are, with this one.
    var members: Int { self.peers.count + 1 }

    private var interval: Duration { self.schedule.interval(forMembers: self.members) }

    private var timeToLive: Duration { self.configuration.timeToLive(at: self.interval) }

    // MARK: Writing

    /// A connection is open, and the server has told its time.
    mutating func opened(at moment: Moment, askedAt: Instant, at now: Instant) -> [Action] {
        guard self.clock != nil else {
            self.clock = MediumClock(moment, at: now)
            return []
        }
        guard let step = self.clock?.learn(moment, askedAt: askedAt, at: now) else { return [] }
        // What is in the table was written by the other time.
        self.hasFailed = true
        return [.clockStepped(step)]
    }

    /// The row to write now; a connection must have been opened.
    mutating func beat(at now: Instant) -> Beat {
        let announcement = Announcement(
            endpoint: self.localNode.endpoint,
            timeToLive: self.timeToLive,
            uptime: self.bornAt.duration(to: now),
            metadata: self.localNode.metadata
        )
        var beat = self.row(.announce(announcement), at: now)
        beat.sweeps = self.isSweeper
        return beat
    }

    /// The last words of a node that leaves; nil when it has written nothing.
    mutating func farewell(at now: Instant) -> Farewell? {
        guard self.number > 0 else { return nil }
        return self.members == 1 ? .erase : .row(self.row(.leave, at: now))
    }

    private mutating func row(_ message: Message, at now: Instant) -> Beat {
        guard let clock = self.clock else { preconditionFailure("A row is written on a connection that was opened") }
        self.number += 1
        let envelope = Envelope(
            sender: self.instance,
            number: self.number,
            moment: clock.moment(at: now),
            // A pooler gives each transaction another session.
            processID: 0,
            message: message
        )
        return Beat(envelope: envelope, timeToLive: self.timeToLive, sweeps: false)
    }

    private var isSweeper: Bool {
        let rank = self.peers.instances.count { $0 < self.instance }
        guard rank < Self.sweepers.count else { return false }
        let turn = Self.sweepers.everyBeats / Self.sweepers.count * rank
        return (Int(clamping: self.number) + turn).isMultiple(of: Self.sweepers.everyBeats)
    }

    // MARK: Reading

    /// The server has not done it, or has not answered.
    mutating func failed() {
        self.hasFailed = true
    }

    /// The server has written the row and told what is in the table.
    mutating func answered(_ answer: Answer, askedAt: Instant, at now: Instant) -> [Action] {
        var actions: [Action] = []
        let step = self.clock?.learn(answer.moment, askedAt: askedAt, at: now)
        if let step { actions.append(.clockStepped(step)) }
        if let last = self.lastAnswer, self.hasFailed || step != nil || last.duration(to: now) > self.interval * 2 {
            self.graceStart = now
        }
        let isFirst = self.lastAnswer == nil
        (self.lastAnswer, self.hasFailed) = (now, false)
        let isShown = self.isObserver || answer.rows.contains { $0.sender == self.instance }
        // The first one reads what was there before it.
        self.missingOwnRow = isShown || isFirst ? 0 : self.missingOwnRow + 1

        let timeToLive = self.timeToLive
        let reading = TablePeers.Reading(
            moment: answer.moment,
            now: now,
            belief: timeToLive...timeToLive.multiplied(by: Self.longestBelief),
            graceStart: self.graceStart
        )
        actions += self.peers.take(answer.rows, in: reading).map(Action.peer)
        if isShown, !answer.isCut { actions += self.peers.expire(in: reading).map(Action.peer) }
        actions.append(.condition(self.condition(isCut: answer.isCut || self.peers.isFull)))
        self.plan(isFirst: isFirst, hasStepped: step != nil, at: now)
        return actions
    }

    private mutating func plan(isFirst: Bool, hasStepped: Bool, at now: Instant) {
        self.schedule.sent(at: now, members: self.members, using: &self.generator)
        // The row that was just written tells a time that is no more; but servers that take turns with clocks of their own
        // are not to be asked without end.
        if hasStepped, !self.hasRepeated {
            self.hasRepeated = true
            self.nextBeat = now
            return
        }
        self.hasRepeated = false
        self.nextBeat = self.schedule.due ?? now
        guard isFirst else { return }
        let soon = min(Self.secondLook, self.configuration.heartbeatInterval)
        self.nextBeat = now.advanced(by: soon * Double.random(in: 0.5...1, using: &self.generator))
    }

    private func condition(isCut: Bool) -> StrategyCondition {
        if self.missingOwnRow > Self.ownRowMayBeMissing {
            return .impaired(
                code: NotifierError.Code.undelivered.description,
                message:
                    "The table does not give back what this node writes into it: a trigger, a rule or a row-level "
                    + "security policy keeps rows back, or something removes them; nobody is given up meanwhile."
            )
        }
        if isCut {
            return .impaired(
                code: "too_many_rows",
                message:
                    "The table has \(self.configuration.maximumRows) rows of this cluster or more, and nobody is given "
                    + "up meanwhile; raise maximumRows, or see who may write into the table."
            )
        }
        return .active
    }
}
