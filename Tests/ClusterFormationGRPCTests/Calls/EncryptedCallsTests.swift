#if GRPC
    import ClusterFormation
    import GRPCCore
    import Testing

    @testable import ClusterFormationGRPC

    /// Calls over TLS, to servers that are known by their addresses, and called by the name in their certificates.
    @Suite(.timeLimit(.minutes(5)), .serialized)
    struct EncryptedCallsTests {
        private static let name = "orders.internal"

        /// Servers with a certificate each, and a client that calls them by an authority.
        private func run(
            certificates names: [String],
            authority: String?,
            trusts: [Int]? = nil,
            serviceConfig: ServiceConfig = ClientStage.retries,
            while body: @Sendable (ClientStage, [TestServer]) async throws -> Void
        ) async throws {
            try await TestCertificate.with(names: names) { certificates in
                var servers: [TestServer] = []
                for (number, certificate) in certificates.enumerated() {
                    servers.append(try await .start("server \(number)", security: certificate.server))
                }
                let trusted = (trusts ?? Array(names.indices)).map { certificates[$0] }
                try await ClientStage.run(
                    authority: authority,
                    security: TestCertificate.client(trusting: trusted),
                    serviceConfig: serviceConfig
                ) { [servers] stage in
                    stage.strategy.tell { discovery in for server in servers { discovery.found(server.node) } }
                    try await body(stage, servers)
                }
                for server in servers { await server.stop() }
            }
        }

        @Test(arguments: [name, name + ":443"])
        func `servers that a cluster has found are called by the name in their certificates`(
            _ authority: String
        ) async throws {
            try await self.run(certificates: [Self.name, Self.name, Self.name], authority: authority) { stage, _ in
                try await stage.waitForShares(of: 60) { $0 == ["server 0": 20, "server 1": 20, "server 2": 20] }
            }
        }

        @Test func `a server that is restarted is called again`() async throws {
            try await self.run(certificates: [Self.name, Self.name], authority: Self.name) { stage, servers in
                try await stage.waitForShares(of: 20) { $0 == ["server 0": 10, "server 1": 10] }
                await servers[0].stop()
                let again = try await servers[0].restart()
                stage.found(again)
                try await stage.waitForShares(of: 20) { $0 == ["server 0": 10, "server 1": 10] }
                await again.stop()
            }
        }

        @Test func `another name than the certificates' is an error that says so`() async throws {
            try await self.run(certificates: [Self.name], authority: "payments.internal", serviceConfig: .init()) {
                stage,
                _ in
                // The first call connects, the second one hears of it.
                for _ in 1...2 {
                    let error = await #expect(throws: RPCError.self) { try await stage.call() }
                    #expect(error?.code == .unavailable)
                    #expect(error?.words.contains("Couldn't find payments.internal in certificate") == true)
                }
            }
        }

        @Test func `without a name the certificates would have to be for the addresses`() async throws {
            try await self.run(certificates: [Self.name], authority: nil, serviceConfig: .init()) { stage, _ in
                let error = await #expect(throws: RPCError.self) { try await stage.call() }
                #expect(error?.code == .unavailable)
                #expect(error?.words.contains("in certificate from peer") == true)
            }
        }

        /// gRPC does not end a call that has got no connection before its timeout, if it has a policy of retries.
        ///
        /// Where this begins to fail, gRPC has been mended, and the tests above need no service configuration.
        @Test func `with retries, a call that gets no connection fails at its timeout`() async throws {
            try await self.run(certificates: [Self.name], authority: "payments.internal") { stage, _ in
                let timeout: Duration = .seconds(5)
                let start = ContinuousClock.now
                let error = await #expect(throws: RPCError.self) { try await stage.call(within: timeout) }
                #expect(start.duration(to: .now) >= timeout)
                #expect(error?.words.contains("Couldn't find payments.internal in certificate") == true)
            }
        }

        @Test func `a server whose certificate nobody vouches for is not called`() async throws {
            try await self.run(certificates: [Self.name, Self.name], authority: Self.name, trusts: [0]) { stage, _ in
                try await stage.waitForShares(of: 20) { $0 == ["server 0": 20] }
            }
        }
    }

    extension RPCError {
        /// What somebody reads who prints it.
        fileprivate var words: String { "\(self)" }
    }
#endif
