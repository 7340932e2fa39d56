#if GRPC
    import ClusterFormation
    import Logging

    /// A node at a port of this machine, in a life by a number; nil where the life is not known.
    func node(
        _ port: Int,
        life: UInt64? = 1,
        host: String = "127.0.0.1",
        metadata: [String: String] = [:]
    ) throws -> Node {
        var node = try Node(host: host, port: port, metadata: metadata)
        node.instance = life.map { InstanceID(high: UInt64(port), low: $0) }
        return node
    }

    /// A cluster that only discovers, at an address where no server is.
    func cluster(of strategy: some ClusterStrategy, name: String = "orders") throws -> Cluster {
        try Cluster(
            name: name,
            localNode: Node(host: "127.0.0.1", port: 1),
            strategy: strategy,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// A strategy that a test tells what to report.
    struct ToldStrategy: ClusterStrategy {
        let name = "told"
        private let inbox: AsyncStream<@Sendable (Discovery) -> Void>
        private let input: AsyncStream<@Sendable (Discovery) -> Void>.Continuation

        init() {
            (self.inbox, self.input) = AsyncStream.makeStream()
        }

        func tell(_ report: @escaping @Sendable (Discovery) -> Void) { self.input.yield(report) }

        func run(in context: StrategyContext) async throws {
            for await report in self.inbox { report(context.discovery) }
        }
    }
#endif
