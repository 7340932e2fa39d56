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
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try self.factory.expectGauge("cluster_peers_known", self.dimensions).values.contains(2))
        let connected = try self.factory.expectGauge("cluster_peers_connected", self.dimensions)
        #expect(connected.values.contains(1))
        #expect(connected.lastValue == 0, "the links were closed at the end")
        #expect(try self.factory.expectCounter("cluster_connects", self.dimensions).totalValue == 2)
        #expect(try self.factory.expectCounter("cluster_connects_failed", self.dimensions).totalValue == 1)
        #expect(try self.factory.expectTimer("cluster_connect_duration", self.dimensions).values.count == 1)
    }

    @Test("A strategy's state is a gauge, its bad times are counted by their cause")
    func strategies() throws {
        let metrics = ClusterMetrics(cluster: "orders", factory: self.factory)
        let strategy = self.dimensions + [("strategy", "postgres")]
        metrics.strategyChanged("postgres", .active)
        #expect(try self.factory.expectGauge("cluster_strategy_active", strategy).lastValue == 1)
        metrics.strategyChanged("postgres", .impaired(code: "pooler", message: "Connect directly."))
        metrics.strategyRestarted("postgres")
        #expect(try self.factory.expectGauge("cluster_strategy_active", strategy).lastValue == 0)
        let impaired = try self.factory.expectCounter("cluster_strategy_impaired", strategy + [("code", "pooler")])
        #expect(impaired.totalValue == 1)
        #expect(try self.factory.expectCounter("cluster_strategy_restarts", strategy).totalValue == 1)
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
        #expect(all.count == 8)
        #expect(all.hasOnly { $0.map(\.0) == ["cluster"] && $0.map(\.1) == ["orders"] })
        #expect(try self.factory.expectTimer("cluster_connect_duration", self.dimensions).lastValue == 5_000_000)
        #expect(try self.factory.expectCounter("cluster_events_missed", self.dimensions).totalValue == 3)
    }
}
