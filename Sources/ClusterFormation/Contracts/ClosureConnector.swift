/// A connector made of closures, for small programs.
public struct ClosureConnector: ClusterConnector {
    private let onLink: @Sendable (Node, LinkUp) async throws -> Void

    /// A connector that calls one closure, which lasts as long as the link.
    ///
    /// - Parameter link: Connects to a peer, says when the link is up, and returns or throws when it is gone; see
    ///   ``ClusterConnector/link(to:isUp:)``.
    public init(link: @escaping @Sendable (_ peer: Node, _ isUp: LinkUp) async throws -> Void) {
        self.onLink = link
    }

    /// A connector that calls two closures.
    ///
    /// - Parameters:
    ///   - connect: Connects to a peer and returns when the link is up; see ``TwoCallConnector/connect(to:link:)``.
    ///   - disconnect: Ends the link to a peer; see ``TwoCallConnector/disconnect(from:reason:)``.
    public init(
        connect: @escaping @Sendable (_ peer: Node, _ link: Link) async throws -> Void,
        disconnect: @escaping @Sendable (_ peer: Node, _ reason: DisconnectReason) async -> Void
    ) {
        let connector = TwoClosures(onConnect: connect, onDisconnect: disconnect)
        self.onLink = { try await connector.link(to: $0, isUp: $1) }
    }

    /// Calls the closure given for it.
    public func link(to peer: Node, isUp: LinkUp) async throws {
        try await self.onLink(peer, isUp)
    }
}

private struct TwoClosures: TwoCallConnector {
    let onConnect: @Sendable (Node, Link) async throws -> Void
    let onDisconnect: @Sendable (Node, DisconnectReason) async -> Void

    func connect(to peer: Node, link: Link) async throws {
        try await self.onConnect(peer, link)
    }

    func disconnect(from peer: Node, reason: DisconnectReason) async {
        await self.onDisconnect(peer, reason)
    }
}
