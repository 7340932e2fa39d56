internal import LocalFiles

/// Peers that are known in advance: a fixed list.
///
/// For development, for tests, and beside another strategy for seeds that are always there. The local node may be in
/// the list; it is passed over. A peer that can't be reached is tried for as long as the cluster runs.
public struct StaticStrategy: ClusterStrategy, ExpressibleByArrayLiteral {
    /// The strategy's name in logs, status and metrics: `static`.
    public let name = "static"

    private let nodes: [Node]

    /// Peers from a list of nodes.
    public init(_ nodes: [Node]) {
        self.nodes = nodes
    }

    /// Peers from a list of endpoints.
    public init(endpoints: [Endpoint]) {
        self.nodes = endpoints.map { Node(endpoint: $0) }
    }

    /// Peers from a literal list of nodes.
    public init(arrayLiteral elements: Node...) {
        self.nodes = elements
    }

    /// Peers from an environment variable, such as `CLUSTER_PEERS=10.0.0.7:7337,node-2.example.com`.
    ///
    /// The value is read once, here.
    /// - Parameters:
    ///   - variable: The variable's name. Its value is a list of `host:port` or `host`, separated by commas, of up to 4,096
    ///     peers in 64 kB. Hosts are addresses or names, IPv6 addresses stand in brackets; spaces around them do not
    ///     matter.
    ///   - defaultPort: The port of those that name none; without it each has to name its own.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration`` when the variable is not set, is
    ///   empty, or has something else in it.
    public init(environment variable: String, defaultPort: Int? = nil) throws {
        guard let value = EnvironmentVariable.value(of: variable) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The environment variable \(HostName.quoted(variable)) is not set; "
                    + "set it to the peers, as in 10.0.0.7:7337,node-2.example.com:7337."
            )
        }
        let source = "The environment variable \(HostName.quoted(variable))"
        self.init(endpoints: try PeerList.parse(value, defaultPort: defaultPort, source: source))
    }

    /// Reports the list and waits to be cancelled.
    public func run(in context: StrategyContext) async throws {
        context.discovery.replaceAll(with: self.nodes)
        context.discovery.report(.active)
        while !Task.isCancelled { await WakeSignal().wait() }
        context.discovery.report(.stopped)
    }
}
