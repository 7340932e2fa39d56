public import Logging
public import Metrics

/// What a strategy is given to work with.
public struct StrategyContext: Sendable {
    /// The cluster's name.
    public let clusterName: String

    /// The local node as it is at this moment; its instance is set.
    ///
    /// What it says of itself may change: see ``localNodeUpdates``.
    public var localNode: Node { self.localNodeState.node }

    /// The local node each time that it says something else of itself, for a strategy that announces it.
    ///
    /// Make the iterator before you read ``localNode``: a change between the two would be missed otherwise.
    public var localNodeUpdates: LocalNodeUpdates { LocalNodeUpdates(state: self.localNodeState) }

    /// Whether the local node only observes: a strategy that announces nodes must not announce this one.
    public let isObserver: Bool

    /// Where to report what is learnt.
    public let discovery: Discovery

    /// A logger that already carries the cluster's and the strategy's name.
    public let logger: Logger

    /// Where to count: the factory that the cluster was given.
    public let metricsFactory: any MetricsFactory

    package let clock: ClusterClock
    package let localNodeState: LocalNodeState

    package init(
        clusterName: String,
        localNode: LocalNodeState,
        isObserver: Bool,
        discovery: Discovery,
        logger: Logger,
        metricsFactory: any MetricsFactory,
        clock: ClusterClock
    ) {
        self.clusterName = clusterName
        self.localNodeState = localNode
        self.isObserver = isObserver
        self.discovery = discovery
        self.logger = logger
        self.metricsFactory = metricsFactory
        self.clock = clock
    }

    /// With a local node that never says anything else of itself.
    package init(
        clusterName: String,
        localNode: Node,
        isObserver: Bool = false,
        discovery: Discovery,
        logger: Logger,
        metricsFactory: any MetricsFactory,
        clock: ClusterClock
    ) {
        self.init(
            clusterName: clusterName,
            localNode: LocalNodeState(localNode),
            isObserver: isObserver,
            discovery: discovery,
            logger: logger,
            metricsFactory: metricsFactory,
            clock: clock
        )
    }
}
