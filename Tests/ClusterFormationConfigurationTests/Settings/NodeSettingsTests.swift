#if Configuration
    import ClusterFormation
    import Configuration
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite struct NodeSettingsTests {
        private func node(_ environment: [String: String]) async throws -> Node {
            try await Node(config: TestConfiguration.reader(environment: environment))
        }

        private func refusal(_ environment: [String: String]) async -> ClusterError? {
            await #expect(throws: ClusterError.self) { _ = try await self.node(environment) }
        }

        @Test func `a node is its host, its port and its metadata`() async throws {
            let node = try await self.node([
                "CLUSTER_HOST": "Node-1.Test", "CLUSTER_PORT": "7337", "CLUSTER_METADATA": "zone=eu-1a, version=12",
            ])
            #expect(node == (try Node(host: "node-1.test", port: 7337, metadata: ["zone": "eu-1a", "version": "12"])))
            #expect(try await self.node(["CLUSTER_HOST": "::1", "CLUSTER_PORT": "1"]).metadata == [:])
        }

        @Test func `host and port are required`() async {
            #expect(await self.refusal(["CLUSTER_PORT": "7337"])?.message.contains("'host' is not set") == true)
            #expect(await self.refusal(["CLUSTER_HOST": "node.test"])?.message.contains("'port' is not set") == true)
        }

        @Test func `a host at which nobody can be reached is named, with what to do`() async {
            let error = await self.refusal(["CLUSTER_HOST": "0.0.0.0", "CLUSTER_PORT": "7337"])
            #expect(error?.code == .invalidEndpoint)
            #expect(error?.message.contains("'host'") == true)
            #expect(error?.message.contains("address to listen on") == true)
        }

        @Test(arguments: ["zone", "=x", "a=1,a=2", "zone=\u{7}"])
        func `metadata that can't be is named`(metadata: String) async {
            let error = await self.refusal([
                "CLUSTER_HOST": "node.test", "CLUSTER_PORT": "7337", "CLUSTER_METADATA": metadata,
            ])
            #expect(error?.message.contains("'metadata'") == true)
        }
    }
#endif
