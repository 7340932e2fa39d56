import ClusterFormationTesting
import Locking
import Testing

@testable import ClusterFormation

/// A connector whose call lasts as long as the link.
@Suite(.timeLimit(.minutes(1)))
struct LinkCallTests {
    private let strategy = ToldStrategy()

    private struct Broken: Error, CustomStringConvertible { let description: String }

    /// What a connector's calls do and have done.
    private final class Transport: ClusterConnector {
        enum Order: Sendable { case up, end, fail(String), refuse(ConnectRefusal) }

        let said = Observed<[String]>([])
        private let orders: AsyncStream<Order>
        private let input: AsyncStream<Order>.Continuation

        init() {
            (self.orders, self.input) = AsyncStream.makeStream()
        }

        func order(_ order: Order) { self.input.yield(order) }

        func link(to peer: Node, isUp: LinkUp) async throws {
            self.said.update { $0.append("link \(peer.instance?.description.suffix(1) ?? "-")") }
            defer {
                let reason = isUp.endReason.map { ", \($0)" } ?? ""
                self.said.update { $0.append(Task.isCancelled ? "cancelled\(reason)" : "ended") }
            }
            for await order in self.orders {
                switch order {
                case .up: isUp()
                case .end: return
                case .fail(let text): throw Broken(description: text)
                case .refuse(let refusal): throw refusal
                }
            }
        }
    }

    private let transport = Transport()

    private func cluster() throws -> Cluster {
        var configuration = ClusterConfiguration()
        configuration.retryBackoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(2))
        return try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: self.strategy,
            connector: self.transport,
            configuration: configuration,
            logger: silentLogger
        )
    }

    private func waitUntil(_ said: [String]) async throws {
        try await self.transport.said.wait(within: .seconds(30)) {
            "\(said), was \($0)"
        } until: {
            $0 == said
        }
    }

    @Test func `the call is the link: it is up when it says so, and down when it returns`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        self.strategy.tell { $0.found(one) }
        try await running(cluster) {
            var events = cluster.events.makeAsyncIterator()
            try await self.waitUntil(["link 1"])
            #expect(cluster.status.connectedPeers.isEmpty)
            self.transport.order(.up)
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(30))
            self.transport.order(.end)
            // It is made again at once.
            try await self.waitUntil(["link 1", "ended", "link 1"])
            var reasons: [String] = []
            while reasons.isEmpty, let event = await events.next() {
                if case .peerDisconnected(_, let reason) = event { reasons.append(reason) }
            }
            #expect(reasons == ["closed"])
        }
        #expect(self.transport.said.value == ["link 1", "ended", "link 1", "cancelled"])
    }

    @Test func `a call that throws says why the link is gone`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        self.strategy.tell { $0.found(one) }
        try await running(cluster) {
            let events = cluster.events
            self.transport.order(.up)
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(30))
            self.transport.order(.fail("reset by peer"))
            for await event in events {
                guard case .peerDisconnected(_, let reason) = event else { continue }
                #expect(reason == "reset by peer")
                break
            }
        }
    }

    @Test func `cancellation ends the link, and the reason is there to be read`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        self.strategy.tell { $0.found(one) }
        self.transport.order(.up)
        try await running(cluster) {
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(30))
            self.strategy.tell { $0.lost(one, reason: .left) }
            try await self.waitUntil(["link 1", "cancelled, peerLeft"])
        }
    }

    @Test func `a shutdown cancels every call and waits for it`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        self.strategy.tell { $0.found(one) }
        self.transport.order(.up)
        try await running(cluster) { try await cluster.waitForPeers(atLeast: 1, within: .seconds(30)) }
        #expect(self.transport.said.value == ["link 1", "cancelled, shutdown"])
        #expect(cluster.status.connectedPeers.isEmpty)
    }

    @Test(arguments: [
        ("returned", "the connector returned before the link was up"), ("refused", "connection refused"),
    ])
    func `a call that ends before the link was up is a failed connect`(how: String, message: String) async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        let events = cluster.events
        self.strategy.tell { $0.found(one) }
        self.transport.order(how == "returned" ? .end : .fail("connection refused"))
        try await running(cluster) {
            for await event in events {
                guard case .connectFailed(_, failures: 1, _, let found) = event else { continue }
                #expect(found == message)
                break
            }
            try await self.waitUntil(["link 1", "ended", "link 1"])
        }
    }

    @Test func `a refused instance waits for the next one`() async throws {
        let cluster = try self.cluster()
        let (one, next) = (try peer(1), try peer(1, life: 2))
        let events = cluster.events
        self.strategy.tell { $0.found(one) }
        self.transport.order(.refuse(.otherInstance))
        try await running(cluster) {
            for await event in events {
                guard case .connectRefused(let node, let message) = event else { continue }
                #expect(node == one && message == "another instance answers there")
                break
            }
            #expect(cluster.status.peers.map(\.link) == [.refused(reason: "another instance answers there")])
            self.strategy.tell { $0.found(next) }
            try await self.waitUntil(["link 1", "ended", "link 2"])
        }
    }

    @Test func `a call that says twice that it is up is up once`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        let events = cluster.events
        self.strategy.tell { $0.found(one) }
        self.transport.order(.up)
        self.transport.order(.up)
        try await running(cluster) { try await cluster.waitForPeers(atLeast: 1, within: .seconds(30)) }
        var count = 0
        for await event in events { if case .peerConnected = event { count += 1 } }
        #expect(count == 1)
    }

    // MARK: By itself, as a test of a connector calls it

    @Test func `without a cluster, cancellation ends a link of two calls in an orderly way`() async throws {
        let disconnects = Observed<[DisconnectReason]>([])
        let wasCancelled = Locked<Bool?>(nil)
        let connector = ClosureConnector(
            connect: { _, _ in },
            disconnect: { _, reason in
                wasCancelled.withLock { $0 = Task.isCancelled }
                disconnects.update { $0.append(reason) }
            }
        )
        let one = try peer(1)
        let isUp = WakeSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connector.link(to: one, isUp: LinkUp { isUp.wake() }) }
            await isUp.wait()
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(disconnects.value == [.notWanted])
        #expect(wasCancelled.withLock { $0 } == false)
    }

    @Test func `a link of two calls that is closed before it is up is a failed connect`() async throws {
        let connector = ClosureConnector(connect: { _, link in link.closed("reset") }, disconnect: { _, _ in })
        let one = try peer(1)
        let wasUp = Locked(false)
        let error = await #expect(throws: ClosedLink.self) {
            try await connector.link(to: one, isUp: LinkUp { wasUp.withLock { $0 = true } })
        }
        #expect(error?.description == "reset")
        #expect(wasUp.withLock { $0 } == false)
    }
}
