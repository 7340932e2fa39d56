#if Configuration
    import ClusterFormation
    import ClusterFormationTesting
    import Configuration
    import Foundation
    import Logging
    import Testing

    @testable import ClusterFormationConfiguration

    @Suite(.timeLimit(.minutes(1))) struct ClusterFromConfigurationTests {
        @Test func `a cluster is all in the environment`() async throws {
            let config = TestConfiguration.reader(environment: [
                "CLUSTER_NAME": "orders", "CLUSTER_HOST": "198.51.100.7", "CLUSTER_PORT": "7337",
                "CLUSTER_METADATA": "zone=eu-1a", "CLUSTER_STRATEGY": "postgres,static",
                "CLUSTER_POSTGRES_CONNECTION": "postgres://app@db.test/app",
                "CLUSTER_POSTGRES_HEARTBEAT_INTERVAL": "2.5",
                "CLUSTER_STATIC_PEERS": "198.51.100.8:7337, node-2.test:7337", "CLUSTER_KEY": TestConfiguration.key,
                "CLUSTER_CONNECT_TIMEOUT": "3", "CLUSTER_DEPARTURE_POLICY": "dropWhenUnvouched",
            ])
            let cluster = try await TestConfiguration.cluster(config)
            #expect(cluster.name == "orders")
            #expect(cluster.localNode.endpoint.description == "198.51.100.7:7337")
            #expect(cluster.localNode.metadata == ["zone": "eu-1a"])
            #expect(cluster.status.strategies.map(\.name) == ["postgres", "static"])
        }

        @Test func `a cluster without a connector only discovers`() async throws {
            let config = TestConfiguration(strategy: "local").reader()
            let cluster = try await Cluster(config: config, logger: Logger(label: "test"))
            #expect(!cluster.status.linksPeers)
            #expect(try await TestConfiguration.cluster(config).status.linksPeers)
        }

        @Test func `a cluster is all in a file of JSON`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            try directory.write(
                """
                {"cluster": {
                    "name": "orders", "host": "198.51.100.7", "port": 7337, "metadata": ["zone=eu-1a"],
                    "strategy": "dns", "fallback": "static", "fallbackDelay": 60,
                    "dns": {"names": ["orders.test"], "interval": 10, "usesTCP": true},
                    "static": {"peers": ["198.51.100.8"], "defaultPort": 7337},
                    "retryBackoff": {"initial": 0.5, "maximum": 10}
                }}
                """,
                to: "config.json"
            )
            let place = InMemoryProvider(values: [
                "filePath": .init(.string(directory.path("config.json")), isSecret: false)
            ])
            let file = try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: place))
            let config = ConfigReader(provider: file).scoped(to: "cluster")
            let cluster = try await TestConfiguration.cluster(config)
            #expect(cluster.localNode.metadata == ["zone": "eu-1a"])
            #expect(cluster.status.strategies.map(\.name) == ["dns", "static"])
            let options = try await ClusterConfiguration(config: config)
            #expect(options.retryBackoff == Backoff(initial: .milliseconds(500), maximum: .seconds(10)))
        }

        @Test func `the name is required, and fits`() async {
            var configuration = TestConfiguration(strategy: "local")
            configuration.values["name"] = nil
            #expect(await configuration.refusal()?.contains("'name' is not set") == true)
            configuration.values["name"] = "a\u{7}"
            #expect(await configuration.refusal()?.contains("'name'") == true)
        }

        @Test func `keys of a strategy that is not chosen do not matter`() async {
            var configuration = TestConfiguration(strategy: "local")
            configuration.values["dns.port"] = "sideways"
            configuration.values["postgres.connection"] = 7
            configuration.values["key"] = "none"
            #expect(await configuration.refusal() == nil)
        }

        @Test func `two nodes from the environment find each other`() async throws {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            func node(_ port: Int) async throws -> Cluster {
                try await TestConfiguration.cluster(
                    TestConfiguration.reader(environment: [
                        "CLUSTER_NAME": "orders", "CLUSTER_HOST": "127.0.0.1", "CLUSTER_PORT": "\(port)",
                        "CLUSTER_STRATEGY": "local", "CLUSTER_LOCAL_DIRECTORY": "\(directory.path)/clusters",
                    ])
                )
            }
            let clusters = [try await node(7001), try await node(7002)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for cluster in clusters { group.addTask { try await cluster.run() } }
                for cluster in clusters { try await cluster.waitForPeers(atLeast: 1, within: .seconds(50)) }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
#endif
