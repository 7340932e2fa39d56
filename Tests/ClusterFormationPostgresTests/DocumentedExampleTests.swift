import ClusterFormation
import ClusterFormationPostgres
import ClusterFormationTesting
import Logging
import Testing

/// The examples of the documentation's page on testing, word for word.
@Suite struct DocumentedExampleTests {
    @Test func bothNodesFindEachOther() async throws {
        let bus = FakeNotifier()
        let first = try makeCluster(port: 1, bus), second = try makeCluster(port: 2, bus)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.run() }
            group.addTask { try await second.run() }
            try await first.waitForPeers(atLeast: 1, within: .seconds(60))
            try await second.waitForPeers(atLeast: 1, within: .seconds(60))

            // The night that PostgreSQL fails over: sessions end, links stay.
            bus.disconnectAll()
            try await bus.waitForSessions(count: 2)
            #expect(first.status.connectedPeers.count == 1)
            group.cancelAll()
        }
    }

    func makeCluster(port: Int, _ bus: FakeNotifier) throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "10.0.0.1", port: port),
            strategy: PostgresNotifyStrategy(notifier: bus),
            connector: RecordingConnector(),
            logger: Logger(label: "test")
        )
    }
}
