/// What a cluster looks like at one moment.
public struct ClusterStatus: Sendable, Hashable {
    /// One peer.
    public struct Peer: Sendable, Hashable {
        /// How the link to a peer is doing.
        public enum LinkState: Sendable, Hashable {
            /// The link policy has no use for a link to it, or the cluster has no connector.
            case notWanted
            /// The configuration's ``ClusterConfiguration/allowedEndpoints`` do not hold its address.
            case notAllowed
            /// It is about to be connected, and waits for its turn.
            case queued
            /// It is being connected; overdue when that takes longer than the timeout and ignores its cancellation.
            case connecting(isOverdue: Bool)
            /// The link is up.
            case connected
            /// So many connects in a row have failed; the next one begins after a wait.
            case retrying(failures: Int, in: Duration, lastError: String)
            /// Another instance answers at the peer's address than the one that is known; the next one is tried.
            case refused(reason: String)
            /// The link is being ended.
            case disconnecting
        }

        /// The peer.
        public var node: Node
        /// How the link to it is doing.
        public var link: LinkState
        /// The strategies that vouch for it; empty when it is kept for its link's sake alone.
        public var strategies: [String]
    }

    /// One strategy.
    public struct Strategy: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// How it is doing.
        public var condition: StrategyCondition
    }

    /// Whether the cluster runs.
    public enum Phase: String, Sendable, Hashable {
        /// `run()` has not been called yet.
        case idle
        /// It runs.
        case running
        /// It says goodbye and closes its links.
        case stopping
        /// It has stopped.
        case stopped
    }

    /// The cluster's name.
    public var clusterName = ""
    /// The local node, with its instance; an observer's endpoint is `observer.invalid:1`.
    public var localNode: Node
    /// Whether the cluster has a connector; without one it only discovers, and no peer is ever connected.
    public var linksPeers: Bool
    /// Whether this node only observes: nobody else knows of it.
    public var isObserver: Bool
    /// Whether the cluster runs.
    public var phase: Phase
    /// For how long it has been running.
    public var uptime: Duration
    /// The known peers, by endpoint.
    public var peers: [Peer]
    /// The strategies, in their order.
    public var strategies: [Strategy]
    /// How many newcomers were refused because the table was full.
    public var refusedPeers: Int

    /// The peers whose link is up.
    public var connectedPeers: [Node] { self.peers.filter { $0.link == .connected }.map(\.node) }
}
