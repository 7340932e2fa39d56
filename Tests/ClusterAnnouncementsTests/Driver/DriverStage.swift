import ClusterAnnouncements
import ClusterFormation
import Locking
import Logging
import MetricsTestKit
import Testing

@testable import ClusterFormationTesting

/// Drivers on one bus, whose time the test turns, and whose timers are late.
///
/// Nothing runs but within ``settle()`` and ``advance(by:)``: when they return, all that can happen has happened.
final class DriverStage: Sendable {
    let time = ManualClock()
    let bus: FakeNotifier
    let keys: ClusterKeyRing?
    let announcements: AnnouncementConfiguration
    private let clock: LateClock
    private let executor = SteppedExecutor()
    private let running = Locked<[Endpoint: Task<Void, Never>]>([:])

    init(lateness: Duration, keys: ClusterKeyRing? = nil, announcements: AnnouncementConfiguration = .init()) {
        self.clock = LateClock(base: self.time, lateness: lateness)
        self.bus = FakeNotifier(clock: self.time)
        self.keys = keys
        self.announcements = announcements
    }

    /// A node whose driver is put through a test.
    struct Member: Sendable {
        let node: Node
        let strategy: AnnouncementStrategy
        let evidence = Observed<[Discovery.Evidence]>([])
        let log = LogLines()
        let metrics = TestMetrics()

        /// The endpoints that are known by what was reported.
        var known: Set<Endpoint> {
            self.evidence.value.reduce(into: []) { known, evidence in
                switch evidence {
                case .found(let node), .heardOf(let node): known.insert(node.endpoint)
                case .lost(let node, _): known.remove(node.endpoint)
                case .replaceAll, .conflict, .condition: break
                }
            }
        }

        var losses: [(node: Node, reason: LossReason)] {
            self.evidence.value.compactMap { if case .lost(let node, let reason) = $0 { (node, reason) } else { nil } }
        }

        var conditions: [StrategyCondition] {
            self.evidence.value.compactMap { if case .condition(let condition) = $0 { condition } else { nil } }
        }

        /// How many messages were dropped for a reason.
        func rejected(_ reason: String) -> Int64 {
            self.count("cluster_announcements_rejected_total", [("reason", reason)])
        }

        var sessionsOpened: Int64 { self.count("cluster_sessions_opened_total", []) }

        private func count(_ label: String, _ dimensions: [(String, String)]) -> Int64 {
            (try? self.metrics.expectCounter(label, [("cluster", "orders")] + dimensions).totalValue) ?? 0
        }
    }

    func member(_ number: Int, metadata: [String: String] = [:]) throws -> Member {
        try self.member(number, metadata: metadata, on: self.bus)
    }

    /// A member whose way to the bus is one of its own.
    func member(_ number: Int, metadata: [String: String] = [:], on notifier: some Notifier) throws -> Member {
        var node = try Node(host: "10.0.0.\(number)", port: 7337, metadata: metadata)
        node.instance = InstanceID(high: 0, low: UInt64(number))
        let configuration = AnnouncementStrategy.Configuration(keys: self.keys, announcements: self.announcements)
        let strategy = try AnnouncementStrategy(
            name: "bus",
            notifier: notifier,
            channel: "orders",
            configuration: configuration
        )
        return Member(node: node, strategy: strategy)
    }

    // MARK: Running

    /// Runs a body that starts members and turns the time, and lets those that still run say goodbye after it.
    func run(_ body: () throws -> Void) async throws {
        let result = Result { try body() }
        for running in self.running.withLock({ $0.values }) { running.cancel() }
        self.executor.release()
        for running in self.running.withLock({ $0.values }) { await running.value }
        try result.get()
    }

    /// Starts members, within ``run(_:)``.
    func start(_ members: Member...) {
        for member in members {
            let context = StrategyContext(
                clusterName: "orders",
                localNode: member.node,
                discovery: Discovery { evidence in member.evidence.update { $0.append(evidence) } },
                logger: member.log.logger,
                metricsFactory: member.metrics,
                clock: ClusterClock(self.clock)
            )
            let task = Task(executorPreference: self.executor) {
                do {
                    try await member.strategy.run(in: context)
                } catch {
                    Issue.record("\(error)")
                }
            }
            self.running.withLock { $0[member.node.endpoint] = task }
        }
        self.settle()
    }

    /// Lets a member say goodbye and end.
    func stop(_ member: Member) {
        self.running.withLock { $0[member.node.endpoint] }?.cancel()
        self.settle()
    }

    /// Takes a member's session away and gives it no other: to the others it is dead.
    func cutOff(_ member: Member) {
        let name = Self.applicationName(member)
        self.bus.setFaults(for: name) { $0.refusal = NotifierError(code: .unreachable, message: "cut off") }
        self.bus.disconnect(name)
        self.settle()
    }

    /// Lets a member that was cut off open sessions again.
    func letIn(_ member: Member) {
        self.bus.setFaults(for: Self.applicationName(member)) { $0.refusal = nil }
    }

    static func applicationName(_ member: Member) -> String { "\(member.node.endpoint) orders" }

    /// Lets everything happen that happens at this instant.
    func settle() { self.executor.runAll() }

    /// Turns the time, one timer after the other.
    func advance(by duration: Duration) {
        let end = self.time.now.advanced(by: duration)
        self.settle()
        while let next = self.time.nextDeadline, next <= end {
            self.time.advance(to: next)
            self.settle()
        }
        self.time.advance(to: end)
        self.settle()
    }

    /// Turns the time until something is so; returns how long that has taken, or nil when it was not so in time.
    func advance(upTo limit: Duration, until isSo: () -> Bool) -> Duration? {
        let (start, end) = (self.time.now, self.time.now.advanced(by: limit))
        self.settle()
        while !isSo() {
            guard let next = self.time.nextDeadline, next <= end else { return nil }
            self.time.advance(to: next)
            self.settle()
        }
        return start.duration(to: self.time.now)
    }

    /// When a moment of the bus's is, or was, as long as its clock has not been set.
    func instant(of moment: Moment) -> ManualClock.Instant {
        self.time.now.advanced(by: self.bus.moment.duration(to: moment))
    }

    // MARK: What was sent

    var codec: AnnouncementCodec {
        AnnouncementCodec(cluster: "orders", keys: self.keys).bound(toChannel: "orders", at: "bus")
    }

    /// What was sent so far, opened.
    var sent: [Envelope] {
        get throws { try self.bus.sent.map { try self.codec.decode($0.payload) } }
    }
}
