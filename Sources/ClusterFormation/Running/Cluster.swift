public import Logging
public import Metrics
public import ServiceLifecycle

/// One node's view of its cluster, and the service that keeps it: finds peers, connects to them, keeps them connected.
///
/// ```swift
/// let cluster = try Cluster(
///     name: "orders",
///     localNode: Node(host: "10.0.3.7", port: 7337),
///     strategy: PostgresNotifyStrategy(connection: "postgres://app@db/app"),
///     connector: MyConnector(),
///     logger: logger
/// )
/// try await ServiceGroup(services: [cluster, server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// Without a connector it only discovers: ``peers`` tells who is there, no link is made or claimed, and a peer that
/// nobody vouches for any more is forgotten at once. What counts the peers then counts the known ones.
///
/// Several clusters in one process do not disturb each other.
///
/// Where another module that you import has a type of this name, write `ClusterFormation.Cluster`.
public final class Cluster: Service, CustomStringConvertible {
    /// The cluster's name.
    public let name: String

    private let strategies: [any ClusterStrategy]
    /// Nil where the cluster only discovers.
    private let connector: (any ClusterConnector)?
    private let isObserver: Bool
    private let configuration: ClusterConfiguration
    private let logger: Logger
    private let metricsFactory: any MetricsFactory
    private let localNodeState: LocalNodeState
    let core: ClusterCore

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

    private init(
        name: String,
        localNode: Node,
        parts: [any ClusterStrategy],
        connector: (any ClusterConnector)?,
        isObserver: Bool,
        configuration: ClusterConfiguration,
        clock: any Clock<Duration>,
        logger: Logger,
        metricsFactory: any MetricsFactory
    ) throws {
        // The parts of a strategy are shown, restarted and asked for their word each by itself.
        let strategies = parts.flatMap { ($0 as? any CompositeStrategy)?.parts ?? [$0] }
        try Self.validate(name: name, localNode: localNode, strategies: strategies)
        try configuration.validate()
        var node = localNode
        node.instance = localNode.instance ?? .random()
        for strategy in strategies { try strategy.validate(clusterName: name, localNode: node) }
        var generator = SystemRandomNumberGenerator()
        var logger = logger
        logger[metadataKey: LogKey.cluster] = "\(name)"
        let clock = ClusterClock(clock)
        self.name = name
        self.localNodeState = LocalNodeState(node)
        self.strategies = strategies
        self.connector = connector
        self.isObserver = isObserver
        self.configuration = configuration
        self.logger = logger
        self.metricsFactory = metricsFactory
        self.core = ClusterCore(
            machine: ClusterMachine(
                localNode: node,
                strategies: strategies.map(\.name),
                linksPeers: connector != nil,
                isObserver: isObserver,
                configuration: configuration,
                seed: generator.next()
            ),
            clock: clock,
            hub: EventHub(limit: configuration.eventBufferSize),
            metrics: ClusterMetrics(
                cluster: name,
                linksPeers: connector != nil,
                isObserver: isObserver,
                factory: metricsFactory
            ),
            log: ClusterLog(logger: logger, clock: clock)
        )
    }

    private static func validate(name: String, localNode: Node, strategies: [any ClusterStrategy]) throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        try require(!name.isEmpty, "The cluster's name is empty; give all nodes of the cluster the same one.")
        try require(name.utf8.count <= 128, "The cluster's name has \(name.utf8.count) bytes; 128 are allowed.")
        try require(!NodeMetadata.hasControlCharacters(name), "The cluster's name has control characters in it.")
        try require(
            (1...64).contains(strategies.count),
            "There are \(strategies.count) strategies; give a cluster 1 to 64 of them."
        )
        if let flaw = NodeMetadata.flaw(in: localNode.metadata) { try require(false, flaw) }
    }

    /// The cluster's name and this node's address.
    public var description: String { "cluster \(self.name) at \(self.localNode.endpoint)" }

    // MARK: The local node

    /// This node, with the instance id of this life, and what it says of itself now.
    public var localNode: Node { self.localNodeState.node }

    /// Says something else of this node from now on, instead of all that it has said so far; from any thread.
    ///
    /// The strategies that announce the node pass it on within a second, or with their next heartbeat. Change it as often
    /// as you like: the newest counts.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration`` when it has more than 64 pairs,
    ///   a key over 128 bytes, a value over 1,024 bytes or control characters, or when a strategy can't announce as much.
    ///   Nothing has changed then. An observer says nothing of itself, so that it throws as well.
    public func update(metadata: [String: String]) throws {
        guard !self.isObserver else {
            throw ClusterError(code: .invalidConfiguration, message: "An observer says nothing of itself.")
        }
        if let flaw = NodeMetadata.flaw(in: metadata) {
            throw ClusterError(code: .invalidConfiguration, message: flaw)
        }
        var node = self.localNode
        node.metadata = metadata
        for strategy in self.strategies { try strategy.validate(clusterName: self.name, localNode: node) }
        self.localNodeState.update(metadata: metadata)
        self.core.decide { machine, _ in machine.says(metadata) }
    }

    // MARK: What can be asked, from any thread

    /// The list of peers as it is now, and then each new list; the newest wins, for any number of consumers.
    public var peers: ClusterPeers { ClusterPeers(core: self.core) }

    /// This node, unless it only observes, and its peers, as they are known at this moment, by endpoint: what ``Owners`` divides work among.
    public var nodes: [Node] {
        (self.core.peers.peers + (self.isObserver ? [] : [self.localNode])).sorted { $0.endpoint < $1.endpoint }
    }

    /// Which peers are known, connected or being retried and why, and how each strategy is doing, at this moment.
    public var status: ClusterStatus {
        var status = self.core.status
        status.clusterName = self.name
        return status
    }

    /// What happens from now on; each reading is a subscription of its own that begins at once.
    public var events: ClusterEvents { self.core.hub.subscribe() }

    /// Whether this node is ready for traffic, for a health endpoint.
    ///
    /// It is once a strategy was proven to work and either enough peers are connected (known, without a connector) or the grace time has passed. An
    /// outage of PostgreSQL later on does not make it unready, since its links still work; the reasons tell of it.
    /// - Parameters:
    ///   - minimumPeers: How many peers are enough. Default: 0.
    ///   - graceTime: How long after the start it waits for them. Default: 30 s.
    /// - Returns: Whether it is ready, and the reasons in words.
    public func readiness(minimumPeers: Int = 0, graceTime: Duration = .seconds(30)) -> Readiness {
        self.core.readiness(minimumPeers: minimumPeers, graceTime: graceTime)
    }

    // MARK: Running

    /// Runs the cluster until it is shut down gracefully or its task is cancelled; to be called once.
    ///
    /// It then lets its strategies say goodbye, closes the links, and returns. It does not return or throw because of
    /// an outage of any kind.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/alreadyRunning`` when it is called again.
    public func run() async throws {
        guard self.core.start() else {
            throw ClusterError(code: .alreadyRunning, message: "This cluster has been run before; make a new one.")
        }
        let shutdown = WakeSignal()
        // The one task that is not a child: in a cancelled child the connector could not close its links in an orderly
        // way, and the clock that bounds it would not run. It is awaited here, so it does not outlive this call.
        let life = Task { await self.live(until: shutdown) }
        await withTaskCancellationOrGracefulShutdownHandler {
            await life.value
        } onCancelOrGracefulShutdown: {
            shutdown.wake()
        }
    }

    private func live(until shutdown: WakeSignal) async {
        let core = self.core
        let runner = self.connector.map { LinkRunner(core: core, connector: $0) }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepTime() }
            if let connector = self.connector { group.addTask { await self.checkLinks(of: connector) } }
            group.addTask {
                await self.runStrategies(until: shutdown)
                core.decide { $0.shutDown(at: $1) }
            }
            while let work = await core.work.next() {
                for item in work { runner?.start(item, in: &group) }
            }
            runner?.giveUp()
            group.cancelAll()
        }
        core.hub.finish()
        core.peerChanges.finish()
    }

    private func runStrategies(until shutdown: WakeSignal) async {
        await withDiscardingTaskGroup { group in
            for index in self.strategies.indices {
                group.addTask { await self.runStrategy(at: index) }
            }
            await shutdown.wait()
            self.core.decide { $0.saysGoodbye(at: $1) }
            group.cancelAll()
        }
    }

    /// Runs one strategy, again and again if need be.
    private func runStrategy(at index: Int) async {
        let (core, strategy) = (self.core, self.strategies[index])
        var generator = SystemRandomNumberGenerator()
        var restarts = StrategyRestarts(backoff: self.configuration.retryBackoff)
        var logger = self.logger
        logger[metadataKey: LogKey.strategy] = "\(strategy.name)"
        let context = StrategyContext(
            clusterName: self.name,
            localNode: self.localNodeState,
            isObserver: self.isObserver,
            discovery: Discovery { evidence in core.decide { $0.report(evidence, by: index, at: $1) } },
            logger: logger,
            metricsFactory: self.metricsFactory,
            clock: core.clock
        )
        while !Task.isCancelled {
            let startedAt = core.clock.now
            var message = "The strategy returned although it was not cancelled."
            do {
                try await strategy.run(in: context)
            } catch {
                message = ErrorText.line(error)
            }
            guard !Task.isCancelled else { break }
            core.decide { machine, _ in machine.strategyFailed(message, at: index) }
            core.strategyRestarted(strategy.name)
            let delay = restarts.ended(after: startedAt.duration(to: core.clock.now), using: &generator)
            try? await core.clock.sleep(until: core.clock.now.advanced(by: delay))
        }
        core.decide { machine, _ in machine.report(.stopped, by: index) }
    }

    private func keepTime() async {
        while !Task.isCancelled {
            guard let deadline = self.core.nextDeadline else {
                await self.core.timer.wait()
                continue
            }
            if deadline <= self.core.clock.now {
                self.core.decide { $0.timerFired(at: $1) }
            } else {
                await self.core.clock.sleep(until: deadline, or: self.core.timer)
            }
        }
    }

    private func checkLinks(of connector: any ClusterConnector) async {
        while !Task.isCancelled {
            let askedAt = self.core.clock.now
            guard let endpoints = await connector.connectedEndpoints() else { return }
            self.core.decide { $0.checkLinks(endpoints, askedAt: askedAt, at: $1) }
            try? await self.core.clock.sleep(until: askedAt.advanced(by: self.configuration.linkCheckInterval))
        }
    }
}
