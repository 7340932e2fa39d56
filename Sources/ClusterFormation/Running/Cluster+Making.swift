public import Logging
public import Metrics

extension Cluster {
    /// A cluster with one strategy.
    ///
    /// - Parameters:
    ///   - name: The cluster's name, 1 to 128 bytes. Nodes with the same name and the same database find each other.
    ///   - localNode: The address at which the others reach this node, and what it says of itself. Its instance id is
    ///     made here unless it has one. One of your own must be new in each life of the process: the others do not believe
    ///     it again after it has said goodbye.
    ///   - strategy: How to find peers.
    ///   - connector: How to connect to them.
    ///   - configuration: Everything else.
    ///   - clock: The clock for every deadline; a monotonic one.
    ///   - logger: Where to log to.
    ///   - metricsFactory: Where to count.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``, and what the strategy throws,
    ///   when something can't work. Nothing has been started then.
    public convenience init(
        name: String,
        localNode: Node,
        strategy: some ClusterStrategy,
        connector: some ClusterConnector,
        configuration: ClusterConfiguration = ClusterConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(
            name: name,
            localNode: localNode,
            strategies: [strategy],
            connector: connector,
            configuration: configuration,
            clock: clock,
            logger: logger,
            metricsFactory: metricsFactory
        )
    }

    /// A cluster with one strategy that only discovers.
    ///
    /// The parameters are those of ``init(name:localNode:strategy:connector:configuration:clock:logger:metricsFactory:)``;
    /// what the configuration says of connects has no meaning then.
    public convenience init(
        name: String,
        localNode: Node,
        strategy: some ClusterStrategy,
        configuration: ClusterConfiguration = ClusterConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(
            name: name,
            localNode: localNode,
            strategies: [strategy],
            configuration: configuration,
            clock: clock,
            logger: logger,
            metricsFactory: metricsFactory
        )
    }

    /// A cluster with several strategies: a peer is known as long as one of them vouches for it.
    ///
    /// The parameters are those of ``init(name:localNode:strategy:connector:configuration:clock:logger:metricsFactory:)``,
    /// with 1 to 64 strategies.
    public convenience init(
        name: String,
        localNode: Node,
        strategies: [any ClusterStrategy],
        connector: some ClusterConnector,
        configuration: ClusterConfiguration = ClusterConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(
            name: name,
            localNode: localNode,
            parts: strategies,
            connector: connector,
            isObserver: false,
            configuration: configuration,
            clock: clock,
            logger: logger,
            metricsFactory: metricsFactory
        )
    }

    /// A cluster with several strategies that only discovers.
    ///
    /// The parameters are those of ``init(name:localNode:strategy:connector:configuration:clock:logger:metricsFactory:)``,
    /// with 1 to 64 strategies; what the configuration says of connects has no meaning then.
    public convenience init(
        name: String,
        localNode: Node,
        strategies: [any ClusterStrategy],
        configuration: ClusterConfiguration = ClusterConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(
            name: name,
            localNode: localNode,
            parts: strategies,
            connector: nil,
            isObserver: false,
            configuration: configuration,
            clock: clock,
            logger: logger,
            metricsFactory: metricsFactory
        )
    }

    /// An observer of a cluster: it listens and never announces itself, so that nobody knows of it.
    ///
    /// For tools, dashboards, and clients that want to know who is there and are none of them. It has no address: its
    /// ``localNode`` is `observer.invalid:1`. What a strategy sends in its name (a PostgreSQL channel is proven by what one
    /// sends on it) says nothing but that somebody listens.
    ///
    /// - Parameters:
    ///   - name: The name of the cluster to observe.
    ///   - strategies: How to find its nodes: 1 to 64 of them.
    ///   - configuration: Everything else; what it says of connects has no meaning here.
    ///   - clock: The clock for every deadline; a monotonic one.
    ///   - logger: Where to log to.
    ///   - metricsFactory: Where to count.
    /// - Throws: What ``init(name:localNode:strategy:connector:configuration:clock:logger:metricsFactory:)`` throws.
    public convenience init(
        observing name: String,
        strategies: [any ClusterStrategy],
        configuration: ClusterConfiguration = ClusterConfiguration(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(
            name: name,
            localNode: Node(host: "observer.invalid", port: 1),
            parts: strategies,
            connector: nil,
            isObserver: true,
            configuration: configuration,
            clock: clock,
            logger: logger,
            metricsFactory: metricsFactory
        )
    }
}
