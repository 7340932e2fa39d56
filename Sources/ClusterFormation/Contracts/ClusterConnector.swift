/// How to connect to a peer: the application's own transport.
///
/// ## The contract
///
/// - **Once each.** A peer, one instance at an endpoint, is handed over once and stays with the connector until its link
///   closes, the connect fails, or ``disconnect(from:reason:)`` returns. Never two connects at the same time to one
///   endpoint; calls for different endpoints run concurrently.
/// - **The new link first.** When a peer is said to have restarted, its next instance is connected while the link to the
///   older one is still up; when that connect has returned, the older one is disconnected, with its own instance in the
///   node. So keep links by endpoint *and* instance, and fail a connect when another instance answers than the one that
///   was asked for: then a restart that somebody only claims costs no link.
/// - **Success.** When ``connect(to:link:)`` returns, the link is up. Keep the ``Link`` and call ``Link/closed(_:)`` as
///   soon as the connection is gone: it is made again at once. If the peer has dialled you first, return at once and
///   keep the ``Link`` for that connection.
/// - **Failure.** When it throws, it is tried again with exponential backoff and full jitter, for as long as the peer
///   is known. Throw ``ConnectRefusal/localNode`` when the other side turns out to be this very node.
/// - **Cancellation.** A connect that takes longer than ``ClusterConfiguration/connectTimeout`` is cancelled; so is one
///   whose peer is lost meanwhile. Return promptly then. A connect that ignores its cancellation holds up this one
///   peer, and the cluster's own shutdown, and nothing else.
/// - **Late words.** A ``Link`` belongs to one connect. What it says after the next one began is ignored.
public protocol ClusterConnector: Sendable {
    /// Connects to a peer; returns when the link is up.
    func connect(to peer: Node, link: Link) async throws

    /// Ends the link to a peer, whether or not it is still up.
    ///
    /// Another instance's link at the same endpoint stays. One that has not returned within
    /// ``ClusterConfiguration/connectTimeout`` is cancelled, and nothing waits for it any more.
    func disconnect(from peer: Node, reason: DisconnectReason) async

    /// The endpoints that are connected now, or nil when the connector tells by ``Link/closed(_:)`` alone.
    ///
    /// For transports that can't tell when a link breaks: it is asked every
    /// ``ClusterConfiguration/linkCheckInterval``, and a link that is missing counts as closed. The default is nil.
    func connectedEndpoints() async -> Set<Endpoint>?
}

extension ClusterConnector {
    /// Nil: links are reported closed by ``Link/closed(_:)``.
    public func connectedEndpoints() async -> Set<Endpoint>? { nil }
}
