/// How to connect to a peer: the application's own transport.
///
/// ## The contract
///
/// - **Once each.** A peer is handed over once and stays with the connector until its link closes, the connect fails,
///   or ``disconnect(from:reason:)`` returns. Never two calls at the same time for one endpoint; calls for different
///   peers run concurrently.
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
    /// One that has not returned within ``ClusterConfiguration/connectTimeout`` is cancelled, and whoever is at the endpoint
    /// then, such as the peer's next instance, is connected without it.
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

/// The connector's word with the cluster about one link.
public struct Link: Sendable {
    private let onClosed: @Sendable (String?) -> Void

    package init(onClosed: @escaping @Sendable (_ reason: String?) -> Void) {
        self.onClosed = onClosed
    }

    /// The link is gone; call it from anywhere, once or more often.
    ///
    /// - Parameter reason: What happened, for the log and the status. Nothing secret.
    public func closed(_ reason: String? = nil) {
        self.onClosed(reason)
    }
}

/// Why the cluster ends a link.
public struct DisconnectReason: Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String { case peerLeft, replaced, lost, notWanted, shutdown }
    private var wrapped: Wrapped

    /// The peer said goodbye.
    public static let peerLeft = DisconnectReason(wrapped: .peerLeft)
    /// The peer restarted: the link belongs to an older instance.
    public static let replaced = DisconnectReason(wrapped: .replaced)
    /// Nobody vouches for the peer any more, and the departure policy says to drop it.
    public static let lost = DisconnectReason(wrapped: .lost)
    /// The link policy has no use for the link any more.
    public static let notWanted = DisconnectReason(wrapped: .notWanted)
    /// This node is stopping.
    public static let shutdown = DisconnectReason(wrapped: .shutdown)

    /// The reason's name, fit for a metric's dimension.
    public var description: String { self.wrapped.rawValue }
}

/// What a connector throws to have a peer never tried again.
public struct ConnectRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String { case localNode }
    private var wrapped: Wrapped

    /// The other side is this node itself, heard under another name.
    public static let localNode = ConnectRefusal(wrapped: .localNode)

    /// The refusal's name.
    public var description: String { self.wrapped.rawValue }
}
