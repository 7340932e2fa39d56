import ClusterFormation
import ClusterSimulation

@testable import ClusterAnnouncements

/// A few machines around a medium that a test turns by hand.
///
/// Messages are delivered in order, at once and to everybody who listens, the sender included, as PostgreSQL does it.
struct ProtocolNetwork {
    struct Member {
        let number: Int
        var machine: AnnouncementProtocol
        var reaction = Reaction()
        var processID: Int32 = 0
        var isListening = false
        /// A session that answers statements and hears nothing.
        var isDeaf = false
        /// Neither does the server answer.
        var isCutOff = false
        /// Its process is stopped: its session is there, and it does nothing.
        var isFrozen = false
        var alarm = TestAlarm()

        var isAwake: Bool { self.isListening && !self.isFrozen }
        var hears: Bool { self.isAwake && !self.isDeaf && !self.isCutOff }
    }

    var members: [Member] = []
    private(set) var now = Instant.start
    /// Everything that was ever sent, in order.
    private(set) var sent: [Envelope] = []
    /// What the door of some member has refused.
    private(set) var refused: [Envelope] = []
    let configuration: AnnouncementConfiguration
    /// What the server shows besides its members' sessions.
    var strangers: Set<PresentSession> = []
    private var clockStep = Duration.zero
    private var sessions: Int32 = 100
    private var inFlight: [(envelope: Envelope, processID: Int32)] = []
    private var isDelivering = false
    private let interpreter = ActionInterpreter(isKeyed: false)

    init(configuration: AnnouncementConfiguration = .init()) {
        self.configuration = configuration
    }

    // MARK: Members

    /// Adds a node, on its own endpoint or on another's; returns its index.
    @discardableResult
    mutating func add(_ number: Int, at endpoint: Int? = nil) -> Int {
        self.members.append(
            Member(
                number: number,
                machine: AnnouncementProtocol(
                    configuration: self.configuration,
                    localNode: Node(endpoint: .numbered(endpoint ?? number)),
                    instance: .numbered(number),
                    seed: UInt64(number),
                    at: self.now
                )
            )
        )
        return self.members.count - 1
    }

    /// Adds nodes that listen, and lets them come to rest.
    mutating func form(_ numbers: [Int]) {
        for number in numbers { self.open(self.add(number)) }
        self.advance(by: .seconds(2))
        self.forget()
    }

    /// What was done so far is of no interest.
    mutating func forget() {
        (self.sent, self.refused) = ([], [])
        for index in self.members.indices { self.members[index].reaction = Reaction() }
    }

    mutating func open(_ index: Int) {
        self.sessions += 1
        let processID = self.sessions
        self.members[index].processID = processID
        self.members[index].isListening = true
        self.call(index) { machine, now, moment in
            machine.sessionOpened(processID: processID, openedAt: moment, at: now)
        }
    }

    mutating func lose(_ index: Int) {
        self.members[index].isListening = false
        self.members[index].machine.sessionLost(at: self.now)
    }

    mutating func leave(_ index: Int) {
        let envelope = self.members[index].machine.stamp(.leave, at: self.now)
        self.members[index].isFrozen = true
        self.broadcast(envelope, processID: self.members[index].processID)
        self.lose(index)
    }

    // MARK: The medium

    var serverTime: Moment { .after(self.now.duration(from: .start) + self.clockStep) }

    mutating func stepClock(by step: Duration) { self.clockStep += step }

    mutating func broadcast(_ envelope: Envelope, processID: Int32) {
        self.sent.append(envelope)
        self.inFlight.append((envelope, processID))
        // The server has one order for all: what is sent while a message is delivered comes after it.
        guard !self.isDelivering else { return }
        self.isDelivering = true
        while !self.inFlight.isEmpty {
            let next = self.inFlight.removeFirst()
            for index in self.members.indices where self.members[index].hears {
                self.hear(next.envelope, processID: next.processID, at: index)
            }
        }
        self.isDelivering = false
    }

    mutating func hear(_ envelope: Envelope, processID: Int32, at index: Int) {
        var actions: [AnnouncementProtocol.Action] = []
        self.call(index) { machine, now, _ in
            actions = machine.received(envelope, processID: processID, at: now)
            return actions
        }
        if actions.contains(.dropped(.stale)) || actions.contains(.dropped(.foreignSession)) {
            self.refused.append(envelope)
        }
    }

    mutating func call(
        _ index: Int,
        _ body: (inout AnnouncementProtocol, Instant, Moment) -> [AnnouncementProtocol.Action]
    ) {
        let moment = self.serverTime
        let actions = body(&self.members[index].machine, self.now, moment)
        let (sent, rest) = self.interpreter.perform(
            actions,
            of: &self.members[index].machine,
            at: self.now,
            answer: self.members[index].isCutOff ? nil : moment
        )
        self.members[index].reaction += Reaction(sent: sent, actions: rest)
        if !self.members[index].isCutOff {
            for envelope in sent { self.broadcast(envelope, processID: self.members[index].processID) }
        }
        for action in rest { self.perform(action, of: index) }
        self.members[index].alarm.set(for: self.members[index].machine.nextDeadline, now: self.now)
    }

    private mutating func perform(_ action: AnnouncementProtocol.Action, of index: Int) {
        switch action {
        case .probe:
            guard !self.members[index].isCutOff else { return }
            self.call(index) { machine, now, moment in machine.probeAnswered(with: moment, askedAt: now, at: now) }
        case .inspectPresence:
            guard !self.members[index].isCutOff else { return }
            let present = Set(
                self.members.filter(\.isListening).map {
                    PresentSession(instance: PresenceKey.instance($0.machine.local), processID: $0.processID)
                }
            )
            let shown = present.union(self.strangers)
            self.call(index) { machine, now, _ in machine.presence(shown, at: now) }
        case .sessionSilent:
            self.lose(index)
        case .send, .sendRoster, .found, .heardOf, .heardAgain, .lost, .proven, .endpointConflict, .clockStepped,
            .leftOut,
            .cutOff, .clocksDiffer, .reached, .dropped:
            break
        }
    }

    // MARK: Time

    /// Lets time pass from one timer to the next.
    mutating func advance(by duration: Duration) {
        let end = self.now.advanced(by: duration)
        var turns = 0
        while let next = self.members.filter(\.isAwake).compactMap(\.alarm.at).min(), next <= end {
            turns = next > self.now ? 0 : turns + 1
            precondition(turns < 1_000, "a timer is due again and again")
            self.now = max(self.now, next)
            for index in self.members.indices where self.members[index].isAwake {
                guard let at = self.members[index].alarm.at, at <= self.now else { continue }
                self.call(index) { machine, now, _ in machine.timerFired(at: now) }
            }
        }
        self.now = end
    }

    /// Lets time pass without anybody noticing, as when a machine is stopped.
    mutating func jump(by duration: Duration) {
        self.now = self.now.advanced(by: duration)
    }

    // MARK: What can be asked

    /// The numbers of those whom a node knows.
    func known(at index: Int) -> Set<Int> {
        Set(self.members[index].machine.peers.compactMap(\.instance).map { Int($0.high) })
    }

    /// Whether each of the members that listen knows all others that do, and nobody else.
    var isWhole: Bool {
        let listening = self.members.indices.filter { self.members[$0].isAwake }
        let numbers = Set(listening.map { self.members[$0].number })
        return listening.allSatisfy { self.known(at: $0) == numbers.subtracting([self.members[$0].number]) }
    }

    var rosters: [Envelope] {
        self.sent.filter { if case .roster = $0.message { true } else { false } }
    }
}
