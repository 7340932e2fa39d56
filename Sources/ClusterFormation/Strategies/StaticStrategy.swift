/// Peers that are known in advance: a fixed list.
///
/// For development, for tests, and beside another strategy for seeds that are always there. The local node may be in
/// the list; it is passed over.
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

    /// Reports the list and waits to be cancelled.
    public func run(in context: StrategyContext) async throws {
        context.discovery.replaceAll(with: self.nodes)
        context.discovery.report(.active)
        while !Task.isCancelled { await WakeSignal().wait() }
        context.discovery.report(.stopped)
    }
}
