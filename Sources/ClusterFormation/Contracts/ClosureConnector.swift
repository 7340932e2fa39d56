/// A connector made of two closures, for small programs.
public struct ClosureConnector: ClusterConnector {
    private let onConnect: @Sendable (Node, Link) async throws -> Void
    private let onDisconnect: @Sendable (Node, DisconnectReason) async -> Void

    /// A connector that calls two closures.
    ///
    /// - Parameters:
    ///   - connect: Connects to a peer and returns when the link is up; see ``ClusterConnector/connect(to:link:)``.
    ///   - disconnect: Ends the link to a peer; see ``ClusterConnector/disconnect(from:reason:)``.
    public init(
        connect: @escaping @Sendable (_ peer: Node, _ link: Link) async throws -> Void,
        disconnect: @escaping @Sendable (_ peer: Node, _ reason: DisconnectReason) async -> Void = { _, _ in }
    ) {
        self.onConnect = connect
        self.onDisconnect = disconnect
    }

    /// Calls the closure given for it.
    public func connect(to peer: Node, link: Link) async throws {
        try await self.onConnect(peer, link)
    }

    /// Calls the closure given for it.
    public func disconnect(from peer: Node, reason: DisconnectReason) async {
        await self.onDisconnect(peer, reason)
    }
}
