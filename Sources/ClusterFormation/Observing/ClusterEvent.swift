/// What happens in a cluster, as this node sees it.
///
/// New cases may come: switch with a `default`.
public enum ClusterEvent: Hashable, Sendable {
    /// A peer is known for the first time.
    case peerDiscovered(Node)
    /// A known peer says something else of itself.
    case peerUpdated(Node)
    /// A peer has restarted on the same endpoint.
    case peerReplaced(Node, previous: Node)
    /// The link to a peer is up.
    case peerConnected(Node)
    /// The link to a peer is gone; the reason is the connector's, or the cluster's own.
    case peerDisconnected(Node, reason: String)
    /// A connect has failed, for the given number of times in a row, and is tried again after a wait.
    case connectFailed(Node, failures: Int, retryIn: Duration, message: String)
    /// Another instance answers at a peer's address than the one that is known; that one is not tried again.
    case connectRefused(Node, message: String)
    /// In a cluster with several strategies: other ones vouch for a known peer than before, all of which are named.
    case peerVouchersChanged(Node, strategies: [String])
    /// Nobody vouches for a peer any more; it is kept because its link is up.
    case peerUnvouched(Node, LossReason)
    /// A peer is not known any more.
    case peerForgotten(Node, LossReason)
    /// A strategy does better or worse than before.
    case strategyChanged(name: String, StrategyCondition)
    /// Two living nodes claim one endpoint; when it is local, this node is one of them.
    ///
    /// Said once for each endpoint, and for no more than 64 endpoints of peers, since a stranger can make up as many as it
    /// likes.
    case endpointConflict(Endpoint, isLocal: Bool)
    /// This subscriber has fallen behind, and so many events are missing here.
    case missed(Int)
}
