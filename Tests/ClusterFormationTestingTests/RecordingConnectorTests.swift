import ClusterFormation
import ClusterFormationTesting
import Testing

@Suite struct RecordingConnectorTests {
    private let peer: Node
    private let link = Link { _ in }

    init() throws {
        self.peer = try Node(host: "10.0.0.1", port: 7337)
    }

    private struct Refused: Error {}

    @Test func `it remembers what it was asked and who is connected`() async throws {
        let connector = RecordingConnector(tellsConnectedEndpoints: true)
        try await connector.connect(to: self.peer, link: self.link)
        try await connector.waitForConnection(to: self.peer.endpoint)
        #expect(connector.connectedPeers == [self.peer])
        #expect(await connector.connectedEndpoints() == [self.peer.endpoint])
        await connector.disconnect(from: self.peer, reason: .peerLeft)
        try await connector.waitForDisconnection(from: self.peer.endpoint)
        #expect(connector.connectCount(to: self.peer.endpoint) == 1)
        #expect(connector.disconnectReasons(from: self.peer.endpoint) == [.peerLeft])
        #expect(connector.violations.isEmpty)
        #expect(await RecordingConnector().connectedEndpoints() == nil)
    }

    @Test func `a behaviour of one peer's own wins over that of all`() async throws {
        let connector = RecordingConnector()
        connector.setBehavior(.fail(Refused()))
        await #expect(throws: Refused.self) { try await connector.connect(to: self.peer, link: self.link) }
        connector.setBehavior(.succeed, for: self.peer.endpoint)
        try await connector.connect(to: self.peer, link: self.link)
        #expect(connector.violations.isEmpty)
    }

    @Test func `a connect that hangs ends with its cancellation or its release`() async throws {
        let (connector, peer, link) = (RecordingConnector(), self.peer, self.link)
        connector.setBehavior(.hang)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connector.connect(to: peer, link: link) }
            try await connector.waitForCalls("a connect") { $0.count == 1 }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        connector.setBehavior(.ignoreCancellation)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connector.connect(to: peer, link: link) }
            try await connector.waitForCalls("a second connect") { $0.count == 2 }
            group.cancelAll()
            #expect(connector.connectedPeers.isEmpty)
            connector.release(peer.endpoint)
            try await group.next()
        }
        #expect(connector.connectedPeers == [peer])
    }

    @Test func `breaking a link tells the cluster unless it is to be silent`() async throws {
        let closed = Observed<[String?]>([])
        let connector = RecordingConnector()
        let link = Link { reason in closed.update { $0.append(reason) } }
        #expect(!connector.breakLink(to: self.peer.endpoint))
        try await connector.connect(to: self.peer, link: link)
        #expect(connector.breakLink(to: self.peer.endpoint, reason: "cut"))
        try await connector.connect(to: self.peer, link: link)
        #expect(connector.breakLink(to: self.peer.endpoint, isSilent: true))
        #expect(closed.value == ["cut"])
        #expect(connector.violations.isEmpty)
    }

    @Test func `breaches of the contract are listed`() async throws {
        let (connector, peer, link) = (RecordingConnector(), self.peer, self.link)
        try await connector.connect(to: peer, link: link)
        try await connector.connect(to: peer, link: link)
        #expect(connector.violations == ["connect(\(peer.endpoint)) while it was connected"])
        await connector.disconnect(from: peer, reason: .lost)
        connector.setBehavior(.hang)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connector.connect(to: peer, link: link) }
            try await connector.waitForCalls("a third connect") { $0.count == 4 }
            await connector.disconnect(from: peer, reason: .lost)
            #expect(connector.violations.count == 2)
            group.cancelAll()
        }
    }
}
