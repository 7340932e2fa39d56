import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import Logging
import Testing

/// A node that says something else of itself while it runs, over a broadcast medium.
@Suite(.timeLimit(.minutes(1)))
struct LocalMetadataTests {
    private func cluster(_ number: Int, on bus: FakeNotifier) throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "10.0.0.\(number)", port: 7337, metadata: ["version": "0"]),
            strategy: AnnouncementStrategy(name: "fake", notifier: bus),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    @Test func `peers hear of it at once, and the newest counts`() async throws {
        let bus = FakeNotifier()
        let (one, other) = (try self.cluster(1, on: bus), try self.cluster(2, on: bus))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await one.run() }
            group.addTask { try await other.run() }
            for await peers in other.peers where peers == [one.localNode] { break }
            let before = bus.sent.count
            for version in 1...200 { try one.update(metadata: ["version": "\(version)"]) }
            for await peers in other.peers where peers == [one.localNode] { break }
            // Two hundred changes at once are two announcements, and those that the node makes anyway.
            #expect(bus.sent.count - before < 20)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(one.localNode.metadata == ["version": "200"])
    }

    @Test func `what does not fit into a message is refused`() throws {
        let cluster = try self.cluster(1, on: FakeNotifier())
        let metadata = Dictionary(
            uniqueKeysWithValues: (0..<60).map { ("key-\($0)", String(repeating: "x", count: 900)) }
        )
        let error = #expect(throws: ClusterError.self) { try cluster.update(metadata: metadata) }
        #expect(error?.message.contains("does not fit into a notification") == true)
        #expect(cluster.localNode.metadata == ["version": "0"])
    }

    @Test func `a change during an outage is there when the session is`() async throws {
        let bus = FakeNotifier()
        let (one, other) = (try self.cluster(1, on: bus), try self.cluster(2, on: bus))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await one.run() }
            group.addTask { try await other.run() }
            for await peers in other.peers where peers == [one.localNode] { break }
            bus.disconnectAll()
            try one.update(metadata: ["version": "1"])
            for await peers in other.peers where peers == [one.localNode] { break }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
