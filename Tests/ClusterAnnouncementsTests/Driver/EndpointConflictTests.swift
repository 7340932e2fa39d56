import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import Testing

/// Two living nodes announce one endpoint, through whole clusters.
@Suite struct EndpointConflictTests {
    @Test(.timeLimit(.minutes(1))) func theWordOfAConflictReachesTheEventsOfAll() async throws {
        let bus = FakeNotifier()
        let bystander = try self.cluster(host: "10.0.0.1", on: bus)
        let (one, other) = (try self.cluster(host: "10.0.0.2", on: bus), try self.cluster(host: "10.0.0.2", on: bus))
        let claimed = try Endpoint(host: "10.0.0.2", port: 7337)
        let streams = [bystander.events, one.events, other.events]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bystander.run() }
            group.addTask { try await one.run() }
            try await bystander.waitForPeers(atLeast: 1, within: .seconds(50))
            group.addTask { try await other.run() }
            for (stream, isLocal) in zip(streams, [false, true, true]) {
                var conflict: ClusterEvent?
                for await event in stream {
                    guard case .endpointConflict = event else { continue }
                    conflict = event
                    break
                }
                #expect(conflict == .endpointConflict(claimed, isLocal: isLocal))
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func cluster(host: String, on bus: FakeNotifier) throws -> Cluster {
        // A short heartbeat: the older of the two is heard again while the younger one has its place.
        let configuration = AnnouncementStrategy.Configuration(
            announcements: AnnouncementConfiguration(heartbeatInterval: .milliseconds(200))
        )
        return try Cluster(
            name: "orders",
            localNode: Node(host: host, port: 7337),
            strategy: AnnouncementStrategy(name: "bus", notifier: bus, configuration: configuration),
            connector: RecordingConnector(),
            logger: LogLines().logger
        )
    }
}
