internal import ClusterAnnouncements
internal import ClusterFormation
internal import Locking

/// A cluster of any size in virtual time: every node is the very protocol that runs in production.
///
/// The nodes share a simulated server that takes its time for each notification, as PostgreSQL does. Whatever can go
/// wrong is a method. Chance comes from the seed alone, so a run can be repeated exactly.
///
/// ```swift
/// let simulation = SimulatedCluster(SimulationConfiguration(nodes: 100))
/// simulation.start(100, within: .seconds(1))
/// simulation.run(for: .seconds(30))
/// simulation.crash(3)
/// simulation.run(for: .seconds(15))
/// simulation.report.convergence
/// ```
public final class SimulatedCluster {
    /// What is to happen, apart from what each node hears and does by itself.
    enum Event {
        case start(node: Int)
        case openSession(node: Int, epoch: Int)
        case sessionOpened(node: Int, epoch: Int)
        case endStaleSession(processID: Int32)
        case heal(node: Int)
        case serverIsBack

        /// The node that waits for it, and sees it only while it runs.
        var awaitingNode: Int? {
            switch self {
            case .openSession(let node, _), .sessionOpened(let node, _): node
            case .start, .endStaleSession, .heal, .serverIsBack: nil
            }
        }
    }

    let configuration: SimulationConfiguration
    let shards: [Locked<NodeShard>]
    var server: SimulatedServer
    var generator: SeededGenerator
    var events = EventQueue<Event>()
    /// What was sent and is not delivered yet, in order.
    var deliveries: [SimulatedServer.Delivery] = []
    var now: Int64 = 0
    /// For how long the nodes are worked on one by one at most.
    var windowLength = SimulatedCluster.windowLengths.lowerBound
    var figures = SimulationReport()
    /// Since when convergence is measured.
    var disturbedAt: Int64 = 0
    /// The number of the node that an instance belongs to.
    var nodeByInstance: [InstanceID: Int] = [:]
    var runningCount = 0
    /// While a thawed node reads what it was sent, its suspicions are those of another time.
    var isReadingBacklog = false
    private(set) var nodeCount = 0

    /// Makes a simulation without nodes.
    public init(_ configuration: SimulationConfiguration = SimulationConfiguration()) {
        self.configuration = configuration
        self.generator = SeededGenerator(seed: configuration.seed)
        self.server = SimulatedServer(cost: configuration.server)
        self.shards = (0..<max(1, configuration.threads)).map { shard in
            Locked(NodeShard(seed: configuration.seed &+ UInt64(shard + 1) &* 0x9e37_79b9))
        }
    }

    // MARK: What can be asked

    /// What has happened so far.
    public var report: SimulationReport {
        var report = self.figures
        report.elapsed = Duration(inNanoseconds: self.now)
        report.running = self.runningCount
        report.serverBusy = Duration(inNanoseconds: self.server.busy)
        return report
    }

    /// The numbers of the nodes that run and are not frozen.
    public var runningNodes: [Int] {
        (0..<self.nodeCount).filter { number in self.withNode(number) { $0.process == .running } }
    }

    /// How many peers a node knows.
    public func peerCount(of node: Int) -> Int {
        self.withNode(node) { $0.machine.peerCount }
    }

    /// Whether a node knows another one, in its present life.
    public func knows(_ node: Int, _ peer: Int) -> Bool {
        let instance = self.withNode(peer) { $0.machine.local }
        return self.withNode(node) { $0.machine.knows(instance) }
    }

    /// Whether every running node knows every other one, and nobody else.
    public var isWhole: Bool {
        let running = self.runningNodes
        let instances = running.map { number in self.withNode(number) { $0.machine.local } }
        return running.allSatisfy { number in
            self.withNode(number) { node in
                node.machine.peerCount == running.count - 1
                    && instances.allSatisfy { $0 == node.machine.local || node.machine.knows($0) }
            }
        }
    }

    // MARK: Time

    /// Lets time pass.
    public func run(for duration: Duration) {
        let end = self.now + duration.inNanoseconds
        while true {
            let event = self.events.nextMoment ?? .max
            let own = self.shards.reduce(Int64.max) { min($0, $1.withLock { $0.nextMoment }) }
            let next = min(own, self.deliveries.first?.at ?? .max)
            guard min(event, next) <= end else { break }
            if event <= next, let first = self.events.popFirst() {
                self.now = max(self.now, first.at)
                self.handle(first.event)
            } else {
                self.passWindow(from: max(next, self.now), before: min(event, end + 1))
            }
        }
        self.now = end
    }

    /// Lets time pass until every running node knows every other one, or the time is up.
    ///
    /// - Returns: Whether they do.
    public func runUntilWhole(within duration: Duration, step: Duration = .milliseconds(100)) -> Bool {
        let end = self.now + duration.inNanoseconds
        while self.now < end, !self.isWhole { self.run(for: step) }
        return self.isWhole
    }

    // MARK: Nodes

    /// Adds nodes that start one by one, at random moments within a time.
    ///
    /// - Returns: Their numbers.
    @discardableResult
    public func start(_ count: Int, within duration: Duration = .zero) -> Range<Int> {
        let first = self.nodeCount
        for number in first..<(first + count) {
            let node = SimulatedNode(index: number, machine: self.makeMachine(number))
            self.shards[number % self.shards.count].withLock { $0.append(node) }
            let delay = duration > .zero ? Int64.random(in: 0...duration.inNanoseconds, using: &self.generator) : 0
            self.events.insert(.start(node: number), at: self.now + delay)
        }
        self.nodeCount += count
        return first..<(first + count)
    }

    func makeMachine(_ number: Int) -> AnnouncementProtocol {
        AnnouncementProtocol(
            configuration: self.configuration.announcements,
            messageBytes: AnnouncementCodec.textLimit(isSealed: self.configuration.isKeyed, medium: .postgres),
            localNode: Node(endpoint: .simulated(number)),
            instance: .random(using: &self.generator),
            seed: self.generator.next(),
            at: Instant(nanoseconds: self.now)
        )
    }

    /// The server's time: it begins with the year 2026.
    func moment(at now: Int64) -> Moment {
        Moment(microseconds: 1_767_225_600_000_000 + (now + self.server.clockStep) / 1_000)
    }

    /// What a node meets outside of itself, until something happens.
    var surroundings: SimulatedNode.Surroundings {
        SimulatedNode.Surroundings(
            presentSessions: self.server.presentSessions,
            epoch: self.moment(at: 0),
            latency: self.configuration.server.latency.inNanoseconds,
            timerLateness: self.configuration.timerLateness.inNanoseconds,
            interpreter: ActionInterpreter(isKeyed: self.configuration.isKeyed)
        )
    }

    /// Looks at a node, or changes it.
    func withNode<Result: Sendable>(_ number: Int, _ body: (inout SimulatedNode) -> Result) -> Result {
        let count = self.shards.count
        return self.shards[number % count].withLock { shard in shard.withNode(number / count, body) }
    }

    /// Something has changed: from now on convergence is measured anew.
    func disturb() {
        self.disturbedAt = self.now
        self.figures.convergence = nil
    }
}
