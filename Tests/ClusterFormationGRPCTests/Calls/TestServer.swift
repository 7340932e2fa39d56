#if GRPC
    import ClusterFormation
    import ClusterFormationTesting
    import GRPCCore
    import GRPCNIOTransportHTTP2

    /// A gRPC server on the loopback interface, and the node that it is; each start is another life.
    struct TestServer: Sendable {
        let name: String
        let node: Node
        private let security: HTTP2ServerTransport.Posix.TransportSecurity
        private let server: GRPCServer<HTTP2ServerTransport.Posix>
        private let life: Task<Void, Never>

        /// Starts one, on a port that is kept for its next lives.
        static func start(
            _ name: String,
            security: HTTP2ServerTransport.Posix.TransportSecurity = .plaintext
        ) async throws -> TestServer {
            try await KeptPort.bind { try await Self.start(name, port: $0, security: security) }
        }

        private static func start(
            _ name: String,
            port: Int,
            security: HTTP2ServerTransport.Posix.TransportSecurity
        ) async throws -> TestServer {
            let transport = HTTP2ServerTransport.Posix(
                address: .ipv4(host: "127.0.0.1", port: port),
                transportSecurity: security
            )
            let server = GRPCServer(transport: transport, services: [NameService(name: name)])
            let life = Task<Void, Never> {
                // Killed, it may throw.
                _ = try? await server.serve()
            }
            let address = try await transport.listeningAddress
            var node = try Node(host: "127.0.0.1", port: address.ipv4?.port ?? 0)
            node.instance = .random()
            return TestServer(name: name, node: node, security: security, server: server, life: life)
        }

        /// Starts it again, in another life at the same endpoint.
        func restart() async throws -> TestServer {
            try await Self.start(self.name, port: self.node.endpoint.port, security: self.security)
        }

        /// Sends GOAWAY, lets calls end, and stops.
        func stop() async {
            self.server.beginGracefulShutdown()
            await self.life.value
        }

        /// Closes its connections without a word.
        func kill() async {
            self.life.cancel()
            await self.life.value
        }
    }
#endif
