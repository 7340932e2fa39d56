public import Logging
public import Metrics

/// What a strategy is given to work with.
public struct StrategyContext: Sendable {
    /// The cluster's name.
    public let clusterName: String

    /// The local node; its instance is set.
    public let localNode: Node

    /// Where to report what is learnt.
    public let discovery: Discovery

    /// A logger that already carries the cluster's and the strategy's name.
    public let logger: Logger

    /// Where to count: the factory that the cluster was given.
    public let metricsFactory: any MetricsFactory

    package let clock: ClusterClock

    package init(
        clusterName: String,
        localNode: Node,
        discovery: Discovery,
        logger: Logger,
        metricsFactory: any MetricsFactory,
        clock: ClusterClock
    ) {
        self.clusterName = clusterName
        self.localNode = localNode
        self.discovery = discovery
        self.logger = logger
        self.metricsFactory = metricsFactory
        self.clock = clock
    }
}
