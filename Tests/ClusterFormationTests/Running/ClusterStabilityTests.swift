import ClusterFormation
import ClusterFormationTesting
import Logging
import Testing

@Suite struct ClusterStabilityTests {
    private let connector = RecordingConnector()
    private let clock = ManualClock()

    private func cluster(_ nodes: [Node]) throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: StaticStrategy(nodes),
            connector: self.connector,
            clock: self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Runs a cluster whose peers are connected from the moment 0 on, and a body beside it from the moment 100 on, when
    /// nothing else sleeps any more.
    private func running(_ cluster: Cluster, peers: Int, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            try await cluster.waitForPeers(atLeast: peers, within: .seconds(60))
            self.clock.advance(to: self.moment(100))
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func moment(_ seconds: Double) -> ManualClock.Instant { .init(sinceStart: .seconds(seconds)) }

    @Test("It returns when the peers have been the same ones for long enough, counted from the last change")
    func lastChange() async throws {
        let nodes = try (1...2).map { try peer($0, life: nil) }
        let (cluster, clock) = (try self.cluster(nodes), self.clock)
        try await self.running(cluster, peers: 2) {
            async let end = {
                try await cluster.waitUntilStable(for: .seconds(110), atLeast: 2, within: .seconds(3_600))
                return clock.now
            }()
            try await clock.waitForTimer(notAfter: self.moment(110))
            clock.advance(to: self.moment(104))
            self.connector.breakLink(to: nodes[0].endpoint)
            // The first wait after a failure is at most 100 ms.
            clock.advance(to: self.moment(105))
            try await self.connector.waitForConnection(to: nodes[0].endpoint)
            try await cluster.waitForPeers(atLeast: 2, within: .seconds(60))
            clock.advance(to: self.moment(110))
            try await clock.waitForTimer(notAfter: self.moment(215))
            clock.advance(to: self.moment(215))
            #expect(try await end == self.moment(215))
        }
    }

    @Test("What has been so for long enough when it is asked needs no time")
    func already() async throws {
        let cluster = try self.cluster([peer(1, life: nil)])
        try await self.running(cluster, peers: 1) {
            try await cluster.waitUntilStable(for: .seconds(100), atLeast: 1, within: .zero)
            let error = await #expect(throws: ClusterError.self) {
                try await cluster.waitUntilStable(for: .seconds(101), atLeast: 1, within: .zero)
            }
            #expect(error?.code == .timeout)
        }
    }

    @Test("Who waits for a peer is woken by it, and not by the clock")
    func woken() async throws {
        let node = try peer(1, life: nil)
        let cluster = try self.cluster([node])
        try await self.running(cluster, peers: 1) {
            self.connector.setBehavior(.hang)
            self.connector.breakLink(to: node.endpoint)
            self.clock.advance(to: self.moment(101))
            try await self.connector.waitForCalls("a second connect") { $0.count { $0.isConnect } == 2 }
            let isBack = Observed(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await cluster.waitUntilStable(for: .zero, atLeast: 1, within: .seconds(3_600))
                    isBack.update { $0 = true }
                }
                // The connect's own deadline, and the end of the wait.
                try await self.clock.waitForSleepers(count: 2)
                #expect(!isBack.value)
                self.connector.release(node.endpoint)
                try await isBack.wait(within: .seconds(60), for: { _ in "the end of the wait" }, until: { $0 })
                try await group.waitForAll()
            }
            #expect(self.clock.now == self.moment(101))
        }
    }

    @Test("Without a connector the peers that are known count")
    func discoveryOnly() async throws {
        let cluster = try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: StaticStrategy([peer(1, life: nil)]),
            clock: self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await self.running(cluster, peers: 1) {
            try await cluster.waitUntilStable(for: .seconds(100), atLeast: 1, within: .zero)
            let error = await #expect(throws: ClusterError.self) {
                try await cluster.waitUntilStable(for: .zero, atLeast: 2, within: .zero)
            }
            #expect(
                error?.message.hasPrefix("1 of 2 peers are known after 0.0 seconds") == true,
                "\(error?.message ?? "")"
            )
        }
    }

    @Test("Who waits for more peers than there are is told how far it came, when the time is up")
    func timeout() async throws {
        let cluster = try self.cluster([peer(1, life: nil)])
        try await self.running(cluster, peers: 1) {
            async let outcome: Void = cluster.waitUntilStable(for: .seconds(5), atLeast: 2, within: .seconds(30))
            try await self.clock.waitForTimer(notAfter: self.moment(130))
            self.clock.advance(to: self.moment(130))
            do {
                try await outcome
                Issue.record("it returned with one peer of two")
            } catch let error as ClusterError {
                #expect(error.code == .timeout)
                #expect(error.message.contains("1 of 2 peers are connected after 30.0 seconds"), "\(error.message)")
                #expect(
                    error.message.contains("the last change was 130.0 seconds ago, not 5.0 seconds"),
                    "\(error.message)"
                )
                #expect(error.message.contains("strategy static is active"), "\(error.message)")
            }
        }
    }

    @Test("Who waits when the cluster stops is told so, and so is who asks afterwards")
    func stopped() async throws {
        let cluster = try self.cluster([peer(1, life: nil)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await self.running(cluster, peers: 1) {
                group.addTask {
                    try await cluster.waitUntilStable(for: .seconds(200), atLeast: 1, within: .seconds(3_600))
                }
                try await self.clock.waitForTimer(notAfter: self.moment(200))
            }
            let error = await #expect(throws: ClusterError.self) { try await group.waitForAll() }
            #expect(error?.code == .notRunning)
        }
        let error = await #expect(throws: ClusterError.self) {
            try await cluster.waitUntilStable(for: .zero, atLeast: 0, within: .seconds(30))
        }
        #expect(error?.code == .notRunning)
    }

    @Test("Who is cancelled while waiting is told so")
    func cancelled() async throws {
        let cluster = try self.cluster([])
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.waitUntilStable(for: .seconds(1), atLeast: 1, within: .seconds(3_600)) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }
}
