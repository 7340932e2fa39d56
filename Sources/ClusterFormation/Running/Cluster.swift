internal import Logging
internal import Metrics
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

    let strategies: [any ClusterStrategy]
    /// Nil where the cluster only discovers.
    let connector: (any ClusterConnector)?
    let isObserver: Bool
    let configuration: ClusterConfiguration
    let logger: Logger
    let metricsFactory: any MetricsFactory
    let localNodeState: LocalNodeState
    let core: ClusterCore

    /// The one that all others come to.
    init(
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

    /// This node, unless it only observes, and its peers, as they are known at this moment, by endpoint.
    ///
    /// It is what ``Owners`` divides work among.
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
    /// It is once a strategy was proven to work and either enough peers are connected (known, without a connector) or the
    /// grace time has passed. An outage of PostgreSQL later on does not make it unready, since its links still work; the
    /// reasons tell of it.
    /// - Parameters:
    ///   - minimumPeers: How many peers are enough. Default: 0.
    ///   - graceTime: How long after the start it waits for them. Default: 30 s.
    /// - Returns: Whether it is ready, and the reasons in words.
    public func readiness(minimumPeers: Int = 0, graceTime: Duration = .seconds(30)) -> Readiness {
        self.core.readiness(minimumPeers: minimumPeers, graceTime: graceTime)
    }
}
