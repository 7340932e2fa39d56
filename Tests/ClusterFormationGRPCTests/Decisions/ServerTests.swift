#if GRPC
    import ClusterFormation
    import Testing

    @testable import ClusterFormationGRPC

    struct ServerTests {
        private func ports(_ nodes: [Node], _ port: ClusterTarget.Port = .endpoint) -> [Int] {
            Server.servers(of: nodes, port: port).map(\.endpoint.port)
        }

        @Test func `a server is at its node's endpoint, in the node's life`() throws {
            let node = try node(7001, life: 3)
            #expect(
                Server.servers(of: [node], port: .endpoint) == [
                    Server(endpoint: node.endpoint, instance: node.instance)
                ]
            )
        }

        @Test func `the port may be in the metadata, and who tells none there is left out`() throws {
            let nodes = try ["9001", "0", "65536", "-1", "9001 ", "", "ninety"].enumerated().map { index, port in
                try node(7001 + index, metadata: ["grpc": port])
            }
            #expect(self.ports(nodes + [try node(7100)], .metadata("grpc")) == [9001])
        }

        @Test func `one that is draining is left out as long as there is another one`() throws {
            let (one, two) = (try node(7001), try node(7002, metadata: [Node.drainingKey: "true"]))
            #expect(self.ports([one, two]) == [7001])
            #expect(self.ports([two]) == [7002])
            // One that has no server at all is no other one.
            let served = try node(7003, metadata: ["grpc": "9003", Node.drainingKey: "true"])
            #expect(self.ports([one, served], .metadata("grpc")) == [9003])
        }

        @Test func `a second one at an endpoint is left out`() throws {
            let nodes = [try node(7001, metadata: ["grpc": "9001"]), try node(7002, metadata: ["grpc": "9001"])]
            #expect(self.ports(nodes, .metadata("grpc")) == [9001])
        }

        @Test(
            arguments: [
                ("10.0.0.1", false), ("2001:db8::1", false), ("fe80::1%eth0", false), ("orders-1.internal", true),
                ("localhost", true), ("1a", true),
            ]
        )
        func `names are told from addresses`(_ host: String, _ hasName: Bool) throws {
            #expect(try ClusterFormation.Endpoint(host: host, port: 1).hasName == hasName)
        }
    }
#endif
