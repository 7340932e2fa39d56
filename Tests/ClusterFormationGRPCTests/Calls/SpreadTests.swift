#if GRPC
    import ClusterFormation
    import GRPCCore
    import Testing

    @testable import ClusterFormationGRPC

    /// Who is called, on real servers.
    @Suite(.timeLimit(.minutes(5)), .serialized)
    struct SpreadTests {
        @Test func `a call waits for the first server, and then all have the same share`() async throws {
            let servers = try await [TestServer.start("one"), .start("two"), .start("three")]
            try await ClientStage.run { stage in
                async let first = stage.call()
                stage.found(servers[0], servers[1], servers[2])
                #expect(try await ["one", "two", "three"].contains(first))
                try await stage.waitForShares(of: 60) { $0 == ["one": 20, "two": 20, "three": 20] }
            }
            for server in servers { await server.stop() }
        }

        @Test func `one that is draining is not called as long as there is another one`() async throws {
            let (one, two) = (try await TestServer.start("one"), try await TestServer.start("two"))
            try await ClientStage.run { stage in
                stage.found(one, two)
                try await stage.waitForShares(of: 20) { $0 == ["one": 10, "two": 10] }
                var draining = one.node
                draining.isDraining = true
                stage.strategy.tell { [draining] in $0.found(draining) }
                try await stage.waitForShares(of: 20) { $0 == ["two": 20] }
                stage.left(two)
                try await stage.waitForShares(of: 20) { $0 == ["one": 20] }
                stage.found(one, two)
                try await stage.waitForShares(of: 20) { $0 == ["one": 10, "two": 10] }
            }
            await one.stop()
            await two.stop()
        }

        @Test func `the port may be in the metadata, the host may be a name`() async throws {
            let one = try await TestServer.start("one")
            var node = try Node(host: "one.test", port: 1)
            node.metadata = ["grpc": "\(one.node.endpoint.port)"]
            try await ClientStage.run(
                { $0.lookUp = { $0 == "one.test" ? ["127.0.0.1"] : nil } },
                port: .metadata("grpc")
            ) {
                [node] stage in
                stage.strategy.tell { $0.found(node) }
                let name = try await stage.call()
                #expect(name == "one")
            }
            await one.stop()
        }

        @Test func `clients of two clusters do not meet`() async throws {
            let (one, two) = (try await TestServer.start("one"), try await TestServer.start("two"))
            try await ClientStage.run { first in
                try await ClientStage.run { second in
                    first.found(one)
                    second.found(two)
                    try await first.waitForShares(of: 20) { $0 == ["one": 20] }
                    try await second.waitForShares(of: 20) { $0 == ["two": 20] }
                    #expect(await first.shares(of: 20) == ["one": 20])
                }
            }
            await one.stop()
            await two.stop()
        }

        @Test func `a service configuration of the user's says how calls are spread`() async throws {
            let (one, two) = (try await TestServer.start("one"), try await TestServer.start("two"))
            let config = ServiceConfig(loadBalancingConfig: [.pickFirst(shuffleAddressList: false)])
            try await ClientStage.run(serviceConfig: config) { stage in
                stage.strategy.tell { $0.replaceAll(with: [one.node, two.node]) }
                let name = try await stage.call()
                #expect(await stage.shares(of: 20) == [name: 20])
            }
            await one.stop()
            await two.stop()
        }
    }
#endif
