#if GRPC
    import ClusterFormation
    import ClusterFormationTesting
    import GRPCCore
    import GRPCNIOTransportHTTP2
    import NIOCore

    @testable import ClusterFormationGRPC

    /// A gRPC client of a cluster whose peers the test tells.
    struct ClientStage: Sendable {
        /// How long anything may take on a machine that is busy.
        static let patience: Duration = .seconds(60)

        let strategy: ToldStrategy
        let client: GRPCClient<HTTP2ClientTransport.Posix>
        let channels: Observed<OpenChannels>

        /// Retries, as most clients have them.
        static let retries = ServiceConfig(
            methodConfig: [
                MethodConfig(
                    names: [MethodConfig.Name(service: "test.Name")],
                    executionPolicy: .retry(
                        RetryPolicy(
                            maxAttempts: 5,
                            initialBackoff: .milliseconds(50),
                            maxBackoff: .seconds(1),
                            backoffMultiplier: 2,
                            retryableStatusCodes: [.unavailable]
                        )
                    )
                )
            ]
        )

        /// Runs a cluster and a client of it while the body runs.
        static func run<Result: Sendable>(
            _ change: (inout ClusterTarget) -> Void = { _ in },
            port: ClusterTarget.Port = .endpoint,
            authority: String? = nil,
            security: HTTP2ClientTransport.Posix.TransportSecurity = .plaintext,
            config: HTTP2ClientTransport.Posix.Config = .defaults,
            serviceConfig: ServiceConfig = Self.retries,
            while body: @Sendable (ClientStage) async throws -> Result
        ) async throws -> Result {
            let strategy = ToldStrategy()
            let cluster = try cluster(of: strategy)
            var target = try ClusterTarget(cluster, port: port, authority: authority)
            change(&target)
            let channels = Observed(OpenChannels())
            var config = config
            config.channelDebuggingCallbacks = OpenChannels.counting(in: channels)
            let transport = try HTTP2ClientTransport.Posix(
                target: target,
                transportSecurity: security,
                config: config,
                serviceConfig: serviceConfig
            )
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                let result = try await withGRPCClient(transport: transport) { client in
                    try await body(ClientStage(strategy: strategy, client: client, channels: channels))
                }
                group.cancelAll()
                return result
            }
        }

        func found(_ servers: TestServer...) {
            let nodes = servers.map(\.node)
            self.strategy.tell { discovery in for node in nodes { discovery.found(node) } }
        }

        func left(_ servers: TestServer...) {
            let nodes = servers.map(\.node)
            self.strategy.tell { discovery in for node in nodes { discovery.lost(node, reason: .left) } }
        }

        /// One call; the name of the server that has answered.
        func call(within timeout: Duration = .seconds(30)) async throws -> String {
            var options = CallOptions.defaults
            options.timeout = timeout
            return try await self.client.unary(
                request: ClientRequest(message: "who?"),
                descriptor: NameService.method,
                serializer: StringCodec(),
                deserializer: StringCodec(),
                options: options
            ) { try $0.message }
        }

        /// How many of so many calls each server has answered; under "failed" are those that have failed.
        func shares(of count: Int) async -> [String: Int] {
            var shares: [String: Int] = [:]
            for _ in 0..<count {
                let name = (try? await self.call()) ?? "failed"
                shares[name, default: 0] += 1
            }
            return shares
        }

        /// Calls until a call fails because the client has tried to connect and could not.
        func waitUntilRefused(within limit: Duration = Self.patience) async throws {
            let last = Observed("")
            try await withTimeout(limit) {
                "a refused connection; the last call: \(last.value)"
            } operation: {
                while true {
                    try Task.checkCancellation()
                    do {
                        let name = try await self.call()
                        last.update { $0 = "answered by \(name)" }
                    } catch {
                        if Self.isRefused(error) { return }
                        last.update { $0 = "\(error)" }
                    }
                }
            }
        }

        /// The words are the transport's own, repeated in what is made of them: it has no other mark for a failed connect.
        private static func isRefused(_ error: any Error) -> Bool {
            (error as? RPCError)?.message.contains("Could not establish a connection") ?? false
        }

        /// Kills a server between two calls, and returns once the client has seen its connection close.
        ///
        /// A call that is under way then, or one that is made before the client has seen it, is another fault: for its
        /// sake the client connects again.
        func killWhileIdle(_ server: TestServer, within limit: Duration = Self.patience) async throws {
            let described: @Sendable (OpenChannels) -> String = { "\($0)" }
            try await self.channels.wait(within: limit, for: described) { $0.streams == 0 }
            let connections = self.channels.value.connections
            await server.kill()
            try await self.channels.wait(within: limit, for: described) { $0.connections < connections }
        }

        /// Calls until the shares of a round of calls are as wished.
        func waitForShares(
            of count: Int,
            within limit: Duration = Self.patience,
            until isWished: @escaping @Sendable ([String: Int]) -> Bool
        ) async throws {
            let last = Observed<[String: Int]>([:])
            try await withTimeout(limit) {
                "\(last.value)"
            } operation: {
                while true {
                    try Task.checkCancellation()
                    let shares = await self.shares(of: count)
                    last.update { $0 = shares }
                    if isWished(shares) { return }
                }
            }
        }
    }
#endif
