import ClusterFormation
import Logging
import Testing

@testable import ClusterAnnouncements
@testable import ClusterFormationTesting

/// A node that listens and is nobody's peer.
@Suite(.timeLimit(.minutes(1)))
struct ObserverTests {
    private let bus = FakeNotifier()
    private let key: ClusterKey?

    init() throws {
        self.key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
    }

    private func strategy() throws -> AnnouncementStrategy {
        try AnnouncementStrategy(
            name: "fake",
            notifier: self.bus,
            configuration: .init(keys: self.key.map { ClusterKeyRing($0) })
        )
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func member(_ number: Int) throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "10.0.0.\(number)", port: 7337),
            strategy: self.strategy(),
            logger: self.logger
        )
    }

    private func observer() throws -> Cluster {
        try Cluster(observing: "orders", strategies: [self.strategy()], logger: self.logger)
    }

    private func run(_ clusters: [Cluster], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for cluster in clusters { group.addTask { try await cluster.run() } }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func messages(_ notifications: some Sequence<Notification>) throws -> [Message] {
        let codec = AnnouncementCodec(cluster: "orders", keys: self.key.map { ClusterKeyRing($0) }, medium: .postgres)
            .bound(toChannel: "orders", at: "bus")
        return try notifications.map { try codec.decode($0.payload).message }
    }

    @Test func `it knows everybody at once, sees who comes and goes, and nobody knows it`() async throws {
        let members = try (1...5).map { try self.member($0) }
        let observer = try self.observer()
        try await self.run(members) {
            for member in members { try await member.waitForPeers(atLeast: 4, within: .seconds(30)) }
            try await self.run([observer]) {
                try await observer.waitForPeers(atLeast: 5, within: .seconds(30))
                let newcomer = try self.member(6)
                try await self.run([newcomer]) {
                    for await peers in observer.peers where peers.count == 6 { break }
                }
                for await peers in observer.peers where peers.count == 5 { break }
                let processID = try #require(
                    self.bus.sessions.first { $0.applicationName == "observer orders" }?.processID
                )
                let said = try self.messages(self.bus.sent.filter { $0.processID == processID })
                #expect(said.first == .observe(isJoining: true))
                for message in said { #expect(message.isObservation) }
                #expect(observer.nodes.map(\.endpoint.host) == (1...5).map { "10.0.0.\($0)" })
                #expect(observer.status.isObserver)
            }
            // The newcomer's goodbye has not come to all of them at the same moment; the observer never was there.
            for member in members {
                for await peers in member.peers {
                    #expect(peers.allSatisfy { $0.endpoint.host.hasPrefix("10.0.0.") && $0.metadata.isEmpty })
                    if peers.count == 4 { break }
                }
            }
        }
    }

    @Test func `it is not among the sessions that the medium shows`() async throws {
        let observer = try self.observer()
        let member = try self.member(1)
        try await self.run([observer, member]) {
            try await observer.waitForPeers(atLeast: 1, within: .seconds(30))
            let state = self.bus.state.value
            let shown = state.presentSessions(ofCluster: PresenceKey(cluster: "orders", instance: .random()).cluster)
            #expect(shown.count == 1)
        }
    }

    @Test func `two observers and nobody else are quiet together`() async throws {
        let observers = [try self.observer(), try self.observer()]
        let events = observers.map(\.events)
        try await self.run(observers) {
            for (observer, events) in zip(observers, events) {
                for await event in events { if case .strategyChanged(_, .active) = event { break } }
                #expect(observer.status.peers.isEmpty)
            }
        }
    }

    @Test func `it says nothing of itself`() throws {
        let observer = try self.observer()
        let error = #expect(throws: ClusterError.self) { try observer.update(metadata: ["a": "b"]) }
        #expect(error?.code == .invalidConfiguration)
        #expect(observer.nodes.isEmpty)
    }
}

extension Message {
    fileprivate var isObservation: Bool { if case .observe = self { true } else { false } }
}
