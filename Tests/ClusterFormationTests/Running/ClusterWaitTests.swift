import ClusterFormation
import ClusterFormationTesting
import Logging
import Testing

@Suite struct ClusterWaitTests {
    private let connector = RecordingConnector()

    private func cluster(_ nodes: [Node], name: String = "orders") throws -> Cluster {
        try Cluster(
            name: name,
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: StaticStrategy(nodes),
            connector: self.connector,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func running(_ clusters: [Cluster], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for cluster in clusters { group.addTask { try await cluster.run() } }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("Who waits for what is there already, with no time to wait, is not told that the time is up")
    func noTime() async throws {
        let cluster = try self.cluster([peer(1, life: nil)])
        try await self.running([cluster]) {
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(60))
            for _ in 0..<50 { try await cluster.waitForPeers(atLeast: 1, within: .zero) }
            try await cluster.waitForPeers(atLeast: 0, within: .seconds(-1))
        }
    }

    @Test("Who is cancelled while waiting is told so")
    func cancelled() async throws {
        let cluster = try self.cluster([])
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.waitForPeers(atLeast: 1, within: .seconds(3_600)) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test("Several clusters in one process do not disturb each other")
    func severalClusters() async throws {
        let orders = try self.cluster([peer(1, life: nil)])
        let prices = try self.cluster([peer(2, life: nil)], name: "prices")
        try await self.running([prices]) {
            try await self.running([orders]) {
                for cluster in [orders, prices] { try await cluster.waitForPeers(atLeast: 1, within: .seconds(60)) }
                #expect(try orders.status.connectedPeers == [peer(1, life: nil)])
                #expect(try prices.status.connectedPeers == [peer(2, life: nil)])
            }
            #expect(orders.status.phase == .stopped)
            #expect(prices.status.phase == .running)
            #expect(prices.status.connectedPeers.count == 1)
        }
        #expect(orders.localNode.instance != prices.localNode.instance)
    }

    @Test("The static strategy keeps the contract of all strategies")
    func staticStrategy() async throws {
        let nodes = try (1...3).map { try peer($0, life: nil) }
        var conformance = StrategyConformance { StaticStrategy(nodes) }
        conformance.expectedPeers = Set(nodes.map(\.endpoint))
        conformance.watchTime = .milliseconds(20)
        try await conformance.verify()
        var byEndpoint = StrategyConformance { StaticStrategy(endpoints: nodes.map(\.endpoint)) }
        byEndpoint.expectedPeers = Set(nodes.map(\.endpoint))
        byEndpoint.watchTime = .milliseconds(20)
        try await byEndpoint.verify()
    }

    @Test("Metadata of the local node that no peer would take is refused with a word about what is wrong")
    func badMetadata() throws {
        let error = #expect(throws: ClusterError.self) {
            try Cluster(
                name: "orders",
                localNode: Node(host: "192.0.2.1", port: 7337, metadata: ["zone": "a\nb"]),
                strategy: [] as StaticStrategy,
                connector: self.connector,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("'zone' has control characters") == true, "\(error?.message ?? "")")
    }
}
