import ClusterFormationTesting
import Logging
import Metrics
import MetricsTestKit
import Testing

@testable import ClusterFormation

@Suite struct ClusterMetricsTests {
    private let factory = TestMetrics()
    private let dimensions = [("cluster", "orders")]

    @Test("Peers, connects, their failures and their time are counted")
    func lifeOfACluster() async throws {
        struct Refused: Error {}
        let connector = RecordingConnector()
        let (good, bad) = (try peer(1, life: nil), try peer(2, life: nil))
        connector.setBehavior(.fail(Refused()), for: bad.endpoint)
        let cluster = try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: StaticStrategy([good, bad]),
            connector: connector,
            clock: ManualClock(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: self.factory
        )
        let events = cluster.events
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            var awaited: Set = ["connected", "failed"]
            for await event in events {
                if case .peerConnected = event { awaited.remove("connected") }
                if case .connectFailed = event { awaited.remove("failed") }
                if awaited.isEmpty { break }
            }
            // The gauge is set a moment after the event.
            let connected = try self.factory.expectGauge("cluster_peers_connected", self.dimensions)
            let deadline = ContinuousClock.now + .seconds(30)
            while !connected.values.contains(1), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try self.factory.expectGauge("cluster_peers_known", self.dimensions).values.contains(2))
        let connected = try self.factory.expectGauge("cluster_peers_connected", self.dimensions)
        #expect(connected.values.contains(1))
        #expect(connected.lastValue == 0, "the links were closed at the end")
        #expect(try self.factory.expectCounter("cluster_connects_total", self.dimensions).totalValue == 2)
        #expect(try self.factory.expectCounter("cluster_connects_failed_total", self.dimensions).totalValue == 1)
        #expect(try self.factory.expectTimer("cluster_connect_duration_seconds", self.dimensions).values.count == 1)
    }

    @Test("A strategy's state is two gauges, its bad times are counted by their cause")
    func strategies() throws {
        let metrics = ClusterMetrics(cluster: "orders", factory: self.factory)
        let strategy = self.dimensions + [("strategy", "postgres")]
        func expectGauges(active: Double, impaired: Double, while condition: StrategyCondition) throws {
            metrics.strategies([.init(name: "postgres", condition: condition)])
            #expect(try self.factory.expectGauge("cluster_strategy_active", strategy).lastValue == active)
            #expect(try self.factory.expectGauge("cluster_strategy_impaired", strategy).lastValue == impaired)
        }
        try expectGauges(active: 0, impaired: 0, while: .starting)
        try expectGauges(active: 1, impaired: 0, while: .active(note: "Not everything is seen."))
        let pooler = StrategyCondition.impaired(code: "pooler", message: "Connect directly.")
        try expectGauges(active: 0, impaired: 1, while: pooler)
        try expectGauges(active: 0, impaired: 0, while: .standby(for: "dns"))
        metrics.strategies([
            .init(name: "postgres", condition: .active), .init(name: "postgres", condition: pooler),
        ])
        #expect(try self.factory.expectGauge("cluster_strategy_active", strategy).lastValue == 0)
        #expect(try self.factory.expectGauge("cluster_strategy_impaired", strategy).lastValue == 1)
        metrics.event(.strategyChanged(name: "postgres", .active))
        metrics.event(.strategyChanged(name: "postgres", pooler))
        metrics.strategyRestarted("postgres")
        let causes = strategy + [("code", "pooler")]
        #expect(try self.factory.expectCounter("cluster_strategy_impairments_total", causes).totalValue == 1)
        #expect(try self.factory.expectCounter("cluster_strategy_restarts_total", strategy).totalValue == 1)
    }

    @Test("A strategy's gauges are there from the start, and follow what it says of itself")
    func gaugesOfAStrategy() throws {
        let clock = ManualClock()
        let core = ClusterCore(
            machine: ClusterMachine(
                localNode: try peer(9),
                strategies: ["dns"],
                configuration: ClusterConfiguration(),
                seed: 1
            ),
            clock: ClusterClock(clock),
            hub: EventHub(limit: 16),
            metrics: ClusterMetrics(cluster: "orders", factory: self.factory),
            log: ClusterLog(
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                clock: ClusterClock(clock)
            )
        )
        #expect(core.start())
        let strategy = self.dimensions + [("strategy", "dns")]
        let impaired = try self.factory.expectGauge("cluster_strategy_impaired", strategy)
        #expect(impaired.values == [0])
        core.decide { machine, _ in machine.report(.impaired(code: "lookup_failed", message: "No answer."), by: 0) }
        #expect(impaired.lastValue == 1)
        core.decide { machine, _ in machine.report(.active, by: 0) }
        #expect(impaired.lastValue == 0)
        #expect(try self.factory.expectGauge("cluster_strategy_active", strategy).values == [0, 0, 1])
    }

    @Test("An observer is not counted among the nodes, and tells how its strategies are doing")
    func observer() async throws {
        let cluster = try Cluster(
            observing: "orders",
            strategies: [StaticStrategy([peer(1, life: nil)])],
            clock: ManualClock(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: self.factory
        )
        try await running(cluster) { try await cluster.waitForPeers(atLeast: 1, within: .seconds(60)) }
        let labels = Set(self.factory.recorders.map(\.label))
        #expect(!labels.contains("cluster_peers_known"))
        #expect(labels.contains("cluster_strategy_active"))
    }

    @Test("No metric has a node's name in it")
    func cardinality() throws {
        let metrics = ClusterMetrics(cluster: "orders", factory: self.factory)
        metrics.peers(known: 2, connected: 1)
        metrics.refused()
        metrics.notAllowed()
        metrics.connectBegan()
        metrics.connectFailed()
        metrics.linkUp(after: .milliseconds(5))
        metrics.eventsMissed(3)
        let all =
            self.factory.counters.map(\.dimensions) + self.factory.recorders.map(\.dimensions)
            + self.factory.timers.map(\.dimensions)
        #expect(all.count == 10)
        #expect(all.hasOnly { $0.first ?? ("", "") == ("cluster", "orders") })
        #expect(
            all.filter { $0.count > 1 }.map { $0.dropFirst().map(\.1) }.sorted { $0[0] < $1[0] } == [
                ["local"], ["peer"],
            ]
        )
        #expect(
            try self.factory.expectTimer("cluster_connect_duration_seconds", self.dimensions).lastValue == 5_000_000
        )
        #expect(try self.factory.expectCounter("cluster_events_missed_total", self.dimensions).totalValue == 3)
    }
}
