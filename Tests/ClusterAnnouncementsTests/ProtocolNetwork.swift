import ClusterFormation

@testable import ClusterAnnouncements

/// A few machines around a medium that a test turns by hand.
///
/// Messages are delivered in order, at once and to everybody who listens, the sender included, as PostgreSQL does it.
struct ProtocolNetwork {
    struct Member {
        var machine: AnnouncementProtocol
        var actions: [AnnouncementProtocol.Action] = []
        var processID: Int32
        /// A session that is up and hears nothing.
        var isDeaf = false
        /// Its process is stopped: its session is there, and it does nothing.
        var isFrozen = false

        var isAwake: Bool { self.isListening && !self.isFrozen }
        var isListening = false
    }

    var members: [Member] = []
    var now = Instant.start
    /// Everything that was ever sent, in order.
    private(set) var sent: [(envelope: Envelope, processID: Int32)] = []
    var configuration: AnnouncementConfiguration
    let requiresProof: Bool
    private var lastProcessID: Int32 = 100
    private var inFlight: [(envelope: Envelope, processID: Int32)] = []
    private var isDelivering = false

    init(requiresProof: Bool = false, configuration: AnnouncementConfiguration = .init()) {
        self.requiresProof = requiresProof
        self.configuration = configuration
    }

    static func instance(_ number: Int) -> InstanceID { InstanceID(high: 0, low: UInt64(number)) }

    static func node(_ number: Int, host: String? = nil) -> Node {
        guard let endpoint = try? Endpoint(host: host ?? "10.0.0.\(number)", port: 7337) else { preconditionFailure() }
        return Node(endpoint: endpoint, instance: self.instance(number))
    }

    /// Adds a node whose place among the members is its number; returns its index.
    @discardableResult
    mutating func add(_ number: Int, host: String? = nil) -> Int {
        self.lastProcessID += 1
        self.members.append(
            Member(
                machine: AnnouncementProtocol(
                    configuration: self.configuration,
                    localNode: Self.node(number, host: host),
                    instance: Self.instance(number),
                    requiresProof: self.requiresProof,
                    seed: UInt64(number),
                    at: self.now
                ),
                processID: self.lastProcessID
            )
        )
        return self.members.count - 1
    }

    /// Adds nodes that listen, and lets them come to rest.
    mutating func form(_ numbers: [Int]) {
        for number in numbers { self.open(self.add(number)) }
        self.advance(by: .seconds(2))
        for index in self.members.indices { self.members[index].actions = [] }
    }

    mutating func open(_ index: Int) {
        self.lastProcessID += 1
        self.members[index].processID = self.lastProcessID
        self.members[index].isListening = true
        let actions = self.members[index].machine.sessionOpened(processID: self.lastProcessID, at: self.now)
        self.perform(actions, of: index)
    }

    mutating func lose(_ index: Int) {
        self.members[index].isListening = false
        self.members[index].machine.sessionLost(at: self.now)
    }

    mutating func leave(_ index: Int) {
        let envelope = self.members[index].machine.leave()
        self.broadcast(envelope, processID: self.members[index].processID)
        self.lose(index)
    }

    mutating func broadcast(_ envelope: Envelope, processID: Int32) {
        self.sent.append((envelope, processID))
        self.inFlight.append((envelope, processID))
        // The server has one order for all: what is sent while a message is delivered comes after it.
        guard !self.isDelivering else { return }
        self.isDelivering = true
        while !self.inFlight.isEmpty {
            let next = self.inFlight.removeFirst()
            self.deliver(next.envelope, processID: next.processID)
        }
        self.isDelivering = false
    }

    private mutating func deliver(_ envelope: Envelope, processID: Int32) {
        for index in self.members.indices where self.members[index].isAwake && !self.members[index].isDeaf {
            self.hear(envelope, processID: processID, at: index)
        }
    }

    mutating func hear(_ envelope: Envelope, processID: Int32, at index: Int) {
        let actions = self.members[index].machine.received(envelope, processID: processID, at: self.now)
        self.perform(actions, of: index)
    }

    mutating func perform(_ actions: [AnnouncementProtocol.Action], of index: Int) {
        self.members[index].actions += actions
        for action in actions {
            switch action {
            case .send(let envelope):
                self.broadcast(envelope, processID: self.members[index].processID)
            case .sendRoster(let entries):
                for start in stride(from: 0, to: entries.count, by: 75) {
                    let chunk = Array(entries[start..<min(start + 75, entries.count)])
                    let envelope = Envelope(
                        sender: self.members[index].machine.localNode.instance!,
                        sequence: self.members[index].machine.takeSequence(),
                        message: .roster(Roster(entries: chunk))
                    )
                    self.broadcast(envelope, processID: self.members[index].processID)
                }
            case .probe:
                if !self.members[index].isDeaf { self.members[index].machine.probeSucceeded(at: self.now) }
            case .inspectPresence:
                let present = self.members.filter(\.isListening).compactMap(\.machine.localNode.instance)
                let keys = Set(present.map(AnnouncementProtocol.presenceKey(of:)))
                self.perform(self.members[index].machine.presence(keys, at: self.now), of: index)
            case .sessionSilent:
                self.lose(index)
            case .found, .heardAgain, .lost, .proven, .endpointConflict, .dropped:
                break
            }
        }
    }

    /// Lets time pass from one deadline to the next.
    mutating func advance(by duration: Duration) {
        let end = self.now.advanced(by: duration)
        var turns = 0
        while let next = self.nextDeadline, next <= end {
            turns = next > self.now ? 0 : turns + 1
            precondition(turns < 1_000, "a timer is due again and again")
            self.now = max(self.now, next)
            for index in self.members.indices where self.members[index].isAwake {
                guard let deadline = self.members[index].machine.nextDeadline, deadline <= self.now else { continue }
                self.perform(self.members[index].machine.timerFired(at: self.now), of: index)
            }
        }
        self.now = end
    }

    /// Lets time pass without anybody noticing, as when a process or a machine is stopped.
    mutating func jump(by duration: Duration) {
        self.now = self.now.advanced(by: duration)
    }

    private var nextDeadline: Instant? {
        self.members.filter(\.isAwake).compactMap(\.machine.nextDeadline).min()
    }

    func known(at index: Int) -> Set<InstanceID> {
        Set(self.members[index].machine.peers.compactMap(\.instance))
    }

    func losses(at index: Int) -> [LossReason] {
        self.members[index].actions.compactMap { if case .lost(_, let reason) = $0 { reason } else { nil } }
    }

    func drops(at index: Int) -> [AnnouncementProtocol.DropReason] {
        self.members[index].actions.compactMap { if case .dropped(let reason) = $0 { reason } else { nil } }
    }

    func rosters(since count: Int) -> [Envelope] {
        self.sent[count...].map(\.envelope).filter { if case .roster = $0.message { true } else { false } }
    }

    func announcements(of index: Int, since count: Int) -> [Announcement] {
        self.sent[count...].compactMap { sent in
            guard sent.envelope.sender == self.members[index].machine.localNode.instance,
                case .announce(let announcement) = sent.envelope.message
            else { return nil }
            return announcement
        }
    }
}
