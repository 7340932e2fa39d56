/// How to connect to a peer: the application's own transport.
///
/// One call lasts as long as one link:
///
/// ```swift
/// struct GreetingConnector: ClusterConnector {
///     let transport: MyTransport
///
///     func link(to peer: Node, isUp: LinkUp) async throws {
///         try await transport.withConnection(to: peer.endpoint, instance: peer.instance) { connection in
///             isUp()
///             for try await message in connection.messages { handle(message) }
///         }
///     }
/// }
/// ```
///
/// A transport whose connections live elsewhere (a client with callbacks, a system that keeps its own list) conforms to
/// ``TwoCallConnector`` instead, which is built on this.
///
/// ## The contract
///
/// - **Once each.** A peer, one instance at an endpoint, is handed over once and stays with the connector until
///   ``link(to:isUp:)`` ends. Never are two links being made to one endpoint at the same time; calls for different
///   endpoints run concurrently.
/// - **The new link first.** When a peer is said to have restarted, its next instance is linked while the link to the
///   older one is still up; when that one is up, the older call is cancelled. So keep links by endpoint *and* instance,
///   and throw ``ConnectRefusal/otherInstance`` when another instance answers than the one that was asked for: then a
///   restart that somebody only claims costs no link.
/// - **Success.** Say `isUp()` when the link is up, once, and stay for as long as it is. If the peer has dialled you
///   first, say it at once and stay for as long as that connection is up.
/// - **The end.** When the call returns or throws, the link is gone: it is made again at once, and with exponential
///   backoff and full jitter when that fails, for as long as the peer is known.
/// - **Failure.** A call that ends before `isUp()` is a connect that has failed. Throw ``ConnectRefusal/localNode`` when
///   the other side turns out to be this very node.
/// - **Cancellation** is how a link is ended, for whatever ``LinkUp/endReason`` says, and a connect that takes longer
///   than ``ClusterConfiguration/connectTimeout``, or whose peer is lost meanwhile. Return promptly then. A call that
///   ignores its cancellation holds up this one peer, and the cluster's own shutdown, and nothing else.
public protocol ClusterConnector: Sendable {
    /// Connects to a peer, says when the link is up, and runs for as long as it is.
    func link(to peer: Node, isUp: LinkUp) async throws

    /// The endpoints that are connected now, or nil when the end of the calls alone tells which links are gone.
    ///
    /// For transports that can't tell when a link breaks: it is asked every
    /// ``ClusterConfiguration/linkCheckInterval``, and a link that is missing counts as closed. The default is nil.
    func connectedEndpoints() async -> Set<Endpoint>?
}

extension ClusterConnector {
    /// Nil: the end of a call is the end of its link.
    public func connectedEndpoints() async -> Set<Endpoint>? { nil }
}
