#if Configuration
    public import ClusterFormation
    public import Configuration
    public import Logging
    public import Metrics

    extension Cluster {
        /// A cluster whose name, node, strategies and options are keys of a configuration.
        ///
        /// ```swift
        /// let config = ConfigReader(provider: EnvironmentVariablesProvider())
        /// let cluster = try await Cluster(config: config.scoped(to: "cluster"), connector: connector, logger: logger)
        /// ```
        ///
        /// The module's documentation lists the keys. `name`, `host`, `port` and `strategy` are required.
        ///
        /// The keys are read once, here. It is asynchronous because of the reader: of its methods those that fetch tell a key
        /// that is not there from one whose value is of another type.
        /// - Parameters:
        ///   - config: Where the keys are; scope it to what you put before them.
        ///   - connector: How to connect to peers.
        ///   - clock: The clock for every deadline; a monotonic one.
        ///   - logger: Where to log to.
        ///   - metricsFactory: Where to count.
        /// - Throws: `ClusterError`, which names the key, when one that is required is not set, or a value is of another type,
        ///   out of its limits, or does not go with another. Nothing has been started then. It never shows the value of a key
        ///   that is secret.
        public convenience init(
            config: ConfigReader,
            connector: some ClusterConnector,
            clock: any Clock<Duration> = ContinuousClock(),
            logger: Logger,
            metricsFactory: any MetricsFactory = MetricsSystem.factory
        ) async throws {
            try self.init(
                name: await Self.name(config),
                localNode: await Node(config: config),
                strategies: await [any ClusterStrategy](config: config),
                connector: connector,
                configuration: await ClusterConfiguration(config: config),
                clock: clock,
                logger: logger,
                metricsFactory: metricsFactory
            )
        }

        /// A cluster that only discovers, whose name, node, strategies and options are keys of a configuration.
        ///
        /// The parameters, the keys and the errors are those of
        /// ``init(config:connector:clock:logger:metricsFactory:)``; what the keys say of connects has no meaning then.
        public convenience init(
            config: ConfigReader,
            clock: any Clock<Duration> = ContinuousClock(),
            logger: Logger,
            metricsFactory: any MetricsFactory = MetricsSystem.factory
        ) async throws {
            try self.init(
                name: await Self.name(config),
                localNode: await Node(config: config),
                strategies: await [any ClusterStrategy](config: config),
                configuration: await ClusterConfiguration(config: config),
                clock: clock,
                logger: logger,
                metricsFactory: metricsFactory
            )
        }

        private static func name(_ config: ConfigReader) async throws -> String {
            try await KeyReader.reading(config) { try await ClusterSettings.group.read(by: $0).requiredName() }
        }
    }
#endif
