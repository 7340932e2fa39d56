import ClusterFormation
import Logging
import Metrics
import MetricsTestKit
import Testing

@testable import ClusterAnnouncements
@testable import ClusterFormationTesting

@Suite struct AnnouncementMetricsTests {
    @Test(.timeLimit(.minutes(1))) func aStrategyCountsWhereItsClusterCounts() async throws {
        let bus = FakeNotifier()
        let (ours, theirs) = (TestMetrics(), TestMetrics())
        let members = [try self.member(1, on: bus, ours), try self.member(2, on: bus, theirs)]
        let changes = members[0].events
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.run() } }
            for member in members { try await member.waitForPeers(atLeast: 1, within: .seconds(50)) }
            // What has come before the loss of the session is handled before the loss.
            bus.inject("no message of ours", on: "orders")
            bus.disconnect("10.0.0.1:7337 orders")
            var wasImpaired = false
            for await event in changes {
                guard case .strategyChanged(_, let condition) = event else { continue }
                if condition.state == .impaired { wasImpaired = true }
                if wasImpaired, condition.state == .active { break }
            }
            group.cancelAll()
            try await group.waitForAll()
        }

        let dimensions = [("cluster", "orders")]
        #expect(try ours.expectCounter("cluster_sessions_opened_total", dimensions).totalValue == 2)
        #expect(try ours.expectCounter("cluster_announcements_sent_total", dimensions).totalValue >= 2)
        #expect(try ours.expectCounter("cluster_announcements_received_total", dimensions).totalValue >= 2)
        #expect(try ours.expectTimer("cluster_echo_round_trip_seconds", dimensions).values.count >= 2)
        let lost = try ours.expectCounter("cluster_sessions_lost_total", dimensions + [("reason", "connection_lost")])
        #expect(lost.totalValue == 1)
        #expect(ours.counters(label: "cluster_announcements_rejected_total").map(\.totalValue) == [1])
        #expect(try theirs.expectCounter("cluster_sessions_opened_total", dimensions).totalValue == 1)
        #expect(theirs.counters(label: "cluster_sessions_lost_total").isEmpty)
    }

    @Test func theAgeOfTheProofIsInSecondsAndUnknownBeforeTheFirst() throws {
        let factory = TestMetrics()
        let metrics = AnnouncementMetrics(cluster: "orders", factory: factory)
        let gauge = try factory.expectGauge("cluster_proof_age_seconds", [("cluster", "orders")])
        metrics.proofAge(nil)
        #expect(gauge.values.isEmpty)
        metrics.proofAge(.milliseconds(2_500))
        #expect(gauge.lastValue == 2.5)
    }

    private func member(_ number: Int, on bus: FakeNotifier, _ factory: TestMetrics) throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "10.0.0.\(number)", port: 7337),
            strategy: AnnouncementStrategy(name: "bus", notifier: bus),
            connector: RecordingConnector(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: factory
        )
    }
}
