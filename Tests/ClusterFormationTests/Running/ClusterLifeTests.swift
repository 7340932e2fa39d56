import ClusterFormation
import ClusterFormationTesting
import Locking
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite struct ClusterLifeTests {
    private func cluster(
        _ strategies: [any ClusterStrategy],
        _ connector: some ClusterConnector,
        clock: any Clock<Duration> = ContinuousClock(),
        _ configure: (inout ClusterConfiguration) -> Void = { _ in }
    ) throws -> Cluster {
        var configuration = ClusterConfiguration()
        configure(&configuration)
        return try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategies: strategies,
            connector: connector,
            configuration: configuration,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    // MARK: Configuration

    @Test(
        "What can't work is refused before anything runs",
        arguments: ["", String(repeating: "x", count: 129), "a\nb"]
    )
    func badName(name: String) throws {
        let error = #expect(throws: ClusterError.self) {
            try Cluster(
                name: name,
                localNode: Node(host: "192.0.2.1", port: 7337),
                strategy: [] as StaticStrategy,
                connector: RecordingConnector(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test("So are absurd figures, and no strategy at all")
    func badConfiguration() throws {
        let connector = RecordingConnector()
        let flaws: [(inout ClusterConfiguration) -> Void] = [
            { $0.connectTimeout = .zero }, { $0.connectTimeout = .seconds(1_000_000) },
            { $0.maximumConcurrentConnects = 0 },
            { $0.maximumPeers = -1 }, { $0.eventBufferSize = 0 }, { $0.linkCheckInterval = .seconds(-1) },
            { $0.shutdownTimeout = .zero }, { $0.retryBackoff.maximum = .zero }, { $0.linkPolicy = .bounded(links: 0) },
        ]
        for flaw in flaws {
            #expect(throws: ClusterError.self) { try self.cluster([StaticStrategy([])], connector, flaw) }
        }
        #expect(throws: ClusterError.self) { try self.cluster([], connector) }
    }

    // MARK: Life

    @Test("Peers of a list are connected, once each, and the local node is not")
    func connectsAll() async throws {
        let connector = RecordingConnector()
        let nodes = try (1...20).map { try peer($0, life: nil) }
        let local = try Node(host: "192.0.2.1", port: 7337)
        let cluster = try self.cluster([StaticStrategy(nodes + [local]), StaticStrategy(nodes)], connector)
        try await running(cluster) { try await cluster.waitForPeers(atLeast: 20, within: .seconds(60)) }
        #expect(connector.violations.isEmpty)
        for node in nodes { #expect(connector.connectCount(to: node.endpoint) == 1) }
        #expect(connector.connectCount(to: local.endpoint) == 0)
    }

    @Test("A cluster whose task is cancelled closes its links and returns without an error")
    func cancelled() async throws {
        let connector = RecordingConnector()
        let node = try peer(1, life: nil)
        let cluster = try self.cluster([StaticStrategy([node])], connector)
        let events = cluster.events
        try await running(cluster) { try await connector.waitForConnection(to: node.endpoint) }
        #expect(connector.disconnectReasons(from: node.endpoint) == [.shutdown])
        #expect(cluster.status.phase == .stopped)
        #expect(cluster.status.strategies.map(\.condition) == [.stopped])
        var kinds: [String] = []
        for await event in events {
            switch event {
            case .peerDiscovered: kinds.append("discovered")
            case .peerConnected: kinds.append("connected")
            case .peerDisconnected: kinds.append("disconnected")
            default: break
            }
        }
        #expect(kinds == ["discovered", "connected", "disconnected"])
    }

    @Test("A cluster that is shut down gracefully does the same")
    func graceful() async throws {
        let connector = RecordingConnector()
        let node = try peer(1, life: nil)
        let cluster = try self.cluster([StaticStrategy([node])], connector)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                try await connector.waitForConnection(to: node.endpoint)
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(connector.disconnectReasons(from: node.endpoint) == [.shutdown])
    }

    @Test("The strategies say goodbye before the links are closed")
    func goodbyeFirst() async throws {
        let connector = RecordingConnector()
        let node = try peer(1, life: nil)
        let wereLinked = Locked<Bool?>(nil)
        let strategy = ClosureStrategy { context in
            context.discovery.found(node)
            await untilCancelled()
            wereLinked.withLock { $0 = connector.connectedPeers.contains(node) }
        }
        let cluster = try self.cluster([strategy], connector)
        try await running(cluster) { try await connector.waitForConnection(to: node.endpoint) }
        #expect(wereLinked.withLock { $0 } == true)
    }

    @Test("A disconnect that hangs is cancelled when the time for it is over, in a cancelled cluster, too")
    func hangingDisconnect() async throws {
        let clock = ManualClock()
        let connected = WakeSignal()
        let disconnecting = WakeSignal()
        let wasCancelledEarly = Locked<Bool?>(nil)
        let connector = ClosureConnector { _, _ in
            connected.wake()
        } disconnect: { _, _ in
            wasCancelledEarly.withLock { $0 = Task.isCancelled }
            disconnecting.wake()
            await untilCancelled()
        }
        let cluster = try self.cluster([StaticStrategy([try peer(1, life: nil)])], connector, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            await connected.wait()
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(1))
            group.cancelAll()
            // This very task is not cancelled; it turns the clock until the deadline has passed.
            await disconnecting.wait()
            try await clock.waitForTimer(notAfter: .init(sinceStart: .seconds(5)))
            clock.advance(by: .seconds(5))
            try await group.waitForAll()
        }
        #expect(wasCancelledEarly.withLock { $0 } == false)
    }

    @Test("A cluster runs once")
    func once() async throws {
        let cluster = try self.cluster([StaticStrategy([])], RecordingConnector())
        try await running(cluster) {}
        let error = await #expect(throws: ClusterError.self) { try await cluster.run() }
        #expect(error?.code == .alreadyRunning)
    }

    // MARK: Strategies

    @Test("A strategy that throws is started again, and what it had reported stays")
    func strategyThrows() async throws {
        struct Broken: Error {}
        let connector = RecordingConnector()
        let node = try peer(1, life: nil)
        let runs = Locked(0)
        let strategy = ClosureStrategy { context in
            let run = runs.withLock { runs in
                runs += 1
                return runs
            }
            if run == 1 { context.discovery.found(node) }
            if run < 4 { throw Broken() }
            context.discovery.report(.active)
            await untilCancelled()
        }
        let cluster = try self.cluster([strategy], connector) {
            $0.retryBackoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(2))
        }
        let events = cluster.events
        try await running(cluster) {
            for await event in events {
                if case .strategyChanged("closure", .active) = event { break }
            }
            try await connector.waitForConnection(to: node.endpoint)
        }
        #expect(runs.withLock { $0 } == 4)
        #expect(connector.connectCount(to: node.endpoint) == 1)
    }

    // MARK: Waiting

    @Test("Who waits in vain is told how far it came, and what the strategies say")
    func waitingInVain() async throws {
        let cluster = try self.cluster([StaticStrategy([])], RecordingConnector())
        let error = await #expect(throws: ClusterError.self) {
            try await cluster.waitForPeers(atLeast: 3, within: .milliseconds(1))
        }
        #expect(error?.code == .timeout)
        #expect(error?.message.contains("0 of 3") == true)
        #expect(error?.message.contains("static is starting") == true)
    }

    @Test("Who waits when the cluster stops is told so")
    func waitingAtTheEnd() async throws {
        let cluster = try self.cluster([StaticStrategy([])], RecordingConnector())
        try await running(cluster) {}
        let error = await #expect(throws: ClusterError.self) {
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(60))
        }
        #expect(error?.code == .notRunning)
    }

    // MARK: Links

    @Test("A link that breaks is made again without a word from a strategy")
    func brokenLink() async throws {
        let connector = RecordingConnector()
        let node = try peer(1, life: nil)
        let cluster = try self.cluster([StaticStrategy([node])], connector)
        try await running(cluster) {
            try await connector.waitForConnection(to: node.endpoint)
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(60))
            connector.breakLink(to: node.endpoint)
            try await connector.waitForCalls("a second connect") { $0.count(where: \.isConnect) == 2 }
        }
        #expect(connector.violations.isEmpty)
    }

    @Test("A connector that can't tell is asked for its links")
    func silentBreak() async throws {
        let clock = ManualClock()
        let connector = RecordingConnector(tellsConnectedEndpoints: true)
        let node = try peer(1, life: nil)
        let cluster = try self.cluster([StaticStrategy([node])], connector, clock: clock)
        try await running(cluster) {
            try await connector.waitForConnection(to: node.endpoint)
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(1))
            connector.breakLink(to: node.endpoint, isSilent: true)
            try await clock.waitForTimer(notAfter: .init(sinceStart: .seconds(5)))
            clock.advance(by: .seconds(5))
            try await connector.waitForCalls("a second connect") { $0.count(where: \.isConnect) == 2 }
        }
        #expect(connector.violations.isEmpty)
    }

    @Test("A connect that ignores its cancellation holds up nobody else")
    func stuckConnect() async throws {
        let clock = ManualClock()
        let connector = RecordingConnector()
        let (stuck, other) = (try peer(1, life: nil), try peer(2, life: nil))
        connector.setBehavior(.ignoreCancellation, for: stuck.endpoint)
        let cluster = try self.cluster([StaticStrategy([stuck, other])], connector, clock: clock) {
            $0.maximumConcurrentConnects = 1
        }
        try await running(cluster) {
            try await connector.waitForCalls("the first connect") { !$0.isEmpty }
            try await clock.waitForTimer(notAfter: .init(sinceStart: .seconds(10)))
            clock.advance(by: .seconds(10))
            try await connector.waitForConnection(to: other.endpoint)
            let link = cluster.status.peers.first { $0.node.endpoint == stuck.endpoint }?.link
            #expect(link == .connecting(isOverdue: true))
            connector.release(stuck.endpoint)
        }
        #expect(connector.violations.isEmpty)
    }

    @Test(
        "A disconnect that hangs is cancelled in time, and the node that is at the endpoint next does not wait for it"
    )
    func stuckDisconnect() async throws {
        let clock = ManualClock()
        let connector = HangingDisconnects()
        let (first, second) = (try peer(1, life: 1), try peer(1, life: 2))
        let (restarts, restart) = AsyncStream<Node>.makeStream()
        let strategy = ClosureStrategy { context in
            for await node in restarts { context.discovery.found(node) }
        }
        let cluster = try self.cluster([strategy], connector, clock: clock)
        try await running(cluster) {
            var calls = connector.calls.makeAsyncIterator()
            restart.yield(first)
            #expect(await calls.next() == .connect(first))
            restart.yield(second)
            #expect(await calls.next() == .connect(second))
            #expect(await calls.next() == .disconnect(first))
            try await clock.waitForTimer(notAfter: .init(sinceStart: .seconds(10)))
            clock.advance(by: .seconds(10))
            #expect(await calls.next() == .cancelled(first))
        }
    }
}

/// A connector whose links are up at once, and whose disconnects from a replaced instance end when they are cancelled.
private final class HangingDisconnects: TwoCallConnector {
    enum Call: Hashable { case connect(Node), disconnect(Node), cancelled(Node) }

    let calls: AsyncStream<Call>
    private let continuation: AsyncStream<Call>.Continuation

    init() {
        (self.calls, self.continuation) = AsyncStream.makeStream()
    }

    func connect(to peer: Node, link: Link) async throws {
        self.continuation.yield(.connect(peer))
    }

    func disconnect(from peer: Node, reason: DisconnectReason) async {
        guard reason == .replaced else { return }
        self.continuation.yield(.disconnect(peer))
        for await _ in AsyncStream<Never>.makeStream().stream {}
        self.continuation.yield(.cancelled(peer))
    }
}

/// A strategy made of a closure.
private struct ClosureStrategy: ClusterStrategy {
    let name = "closure"
    let body: @Sendable (StrategyContext) async throws -> Void

    init(_ body: @escaping @Sendable (StrategyContext) async throws -> Void) {
        self.body = body
    }

    func run(in context: StrategyContext) async throws {
        try await self.body(context)
    }
}

private func untilCancelled() async {
    while !Task.isCancelled { await WakeSignal().wait() }
}
