import ClusterFormationTesting
import Logging
import MetricsTestKit
import Testing

@testable import ClusterFormation

@Suite struct EndpointConflictReportTests {
    /// A strategy whose mechanism shows two living nodes at some endpoints, again and again.
    private struct Conflicted: ClusterStrategy {
        let name = "conflicted"
        let endpoints: [Endpoint]

        func run(in context: StrategyContext) async throws {
            for _ in 0..<3 {
                for endpoint in self.endpoints { context.discovery.conflict(at: endpoint) }
            }
            context.discovery.report(.active)
            while !Task.isCancelled { await WakeSignal().wait() }
        }
    }

    @Test("A conflict that a strategy reports is one event, one count and one warning, for each endpoint")
    func wholeWay() async throws {
        let (recorder, factory) = (LogRecorder(), TestMetrics())
        let (own, others) = (try localNode().endpoint, try peer(1).endpoint)
        let cluster = try Cluster(
            name: "orders",
            localNode: localNode(),
            strategy: Conflicted(endpoints: [others, own]),
            connector: RecordingConnector(),
            clock: ManualClock(),
            logger: recorder.logger,
            metricsFactory: factory
        )
        let events = cluster.events
        var told: [ClusterEvent] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            for await event in events {
                if case .strategyChanged = event { break }
                told.append(event)
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(told == [.endpointConflict(others, isLocal: false), .endpointConflict(own, isLocal: true)])
        for kind in ["local", "peer"] {
            let dimensions = [("cluster", "orders"), ("endpoint", kind)]
            #expect(try factory.expectCounter("cluster_endpoint_conflicts_total", dimensions).totalValue == 1)
        }
        let warnings = recorder.lines.filter { $0.level == .warning }
        #expect(warnings.map { $0.metadata[LogKey.peer] } == ["\(others)", "\(own)"])
        #expect(warnings.first?.message.contains("Two living nodes") == true)
        #expect(warnings.last?.message.contains("this node's own endpoint") == true)
    }
}
