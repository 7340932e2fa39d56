#if Hummingbird
    import ClusterFormation
    import ClusterFormationHummingbird
    import ClusterFormationTesting
    import Hummingbird
    import Logging
    import NIOCore
    import ServiceLifecycle

    /// A cluster that the test leads, behind a server with a port of its own.
    struct PageStage: Sendable {
        let cluster: Cluster
        let strategy = PuppetStrategy()
        let connector = RecordingConnector()
        private let configuration: ClusterPageConfiguration
        private let isLed: Bool

        // A strategy that is given stands in the place of the one that the test leads.
        init(
            strategy: (any ClusterStrategy)? = nil,
            eventBufferSize: Int = 1_024,
            _ configure: (inout ClusterPageConfiguration) -> Void = { _ in }
        ) throws {
            var configuration = ClusterPageConfiguration()
            configure(&configuration)
            self.configuration = configuration
            self.isLed = strategy == nil
            var clusterConfiguration = ClusterConfiguration()
            clusterConfiguration.eventBufferSize = eventBufferSize
            self.cluster = try Cluster(
                name: "orders",
                localNode: Node(host: "10.0.3.7", port: 7337, metadata: ["zone": "eu-1a"]),
                strategies: [strategy ?? self.strategy],
                connector: self.connector,
                configuration: clusterConfiguration,
                logger: Self.logger
            )
        }

        static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        /// Peers by their numbers.
        static func peers(_ numbers: ClosedRange<Int>, metadata: [String: String] = ["zone": "eu-1a"]) throws -> [Node]
        {
            try numbers.map { number in
                var node = try Node(host: "10.0.\(number / 256).\(number % 256)", port: 7337, metadata: metadata)
                node.instance = InstanceID(high: UInt64(number), low: 1)
                return node
            }
        }

        func router() throws -> Router<BasicRequestContext> {
            let router = Router()
            router.addClusterHealth(self.cluster)
            try router.addClusterPage(self.cluster, configuration: self.configuration)
            return router
        }

        /// Runs both until the body is done, then shuts them down in an orderly way and waits for their end.
        func running<Result: Sendable>(
            _ body: @Sendable (_ address: String) async throws -> Result
        ) async throws -> Result {
            let port = Observed<Int?>(nil)
            let hasEnded = Observed(false)
            let server = Application(
                router: try self.router(),
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in port.update { $0 = channel.localAddress?.port } },
                logger: Self.logger
            )
            let services = ServiceGroup(services: [self.cluster, server], logger: Self.logger)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { hasEnded.update { $0 = true } }
                    try await services.run()
                }
                defer { group.cancelAll() }
                try await port.wait(within: .seconds(60)) { _ in
                    "the server's port"
                } until: {
                    $0 != nil
                }
                if self.isLed { try await self.strategy.waitUntilItRuns() }
                let result = try await body("http://127.0.0.1:\(port.value ?? 0)")
                await services.triggerGracefulShutdown()
                try await hasEnded.wait(within: .seconds(60)) { _ in
                    "the end of the services"
                } until: {
                    $0
                }
                try await group.waitForAll()
                return result
            }
        }

        /// Waits for what the cluster itself says.
        func waitForPeers(connected: Int) async throws {
            try await self.cluster.waitForPeers(atLeast: connected, within: .seconds(60))
        }
    }
#endif
