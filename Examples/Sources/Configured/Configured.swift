import ClusterFormation
import ClusterFormationConfiguration
import Configuration
import Logging
import ServiceLifecycle
import UnixSignals

/// A cluster that is all in the environment. Start it twice, in two terminals, and the two find each other on this machine:
///
///     swift run configured
///     CLUSTER_PORT=7338 swift run configured
///
/// What else it does is said by the environment as well, and not by a line of this file:
///
///     CLUSTER_STRATEGY=postgres CLUSTER_POSTGRES_CONNECTION=postgres://localhost/postgres swift run configured
///     CLUSTER_STRATEGY=static CLUSTER_STATIC_PEERS=127.0.0.1:7337,127.0.0.1:7338 swift run configured
///     CLUSTER_HOST=0.0.0.0 swift run configured
@main
struct Configured {
    static func main() async throws {
        let logger = Logger(label: "configured")
        let config = ConfigReader(providers: [
            EnvironmentVariablesProvider(),
            // What holds where the environment says nothing.
            InMemoryProvider(values: [
                "cluster.name": "configured", "cluster.host": "127.0.0.1", "cluster.port": 7337,
                "cluster.strategy": "local",
            ]),
        ])

        // In place of a real transport: says whom it would connect to.
        let connector = ClosureConnector(
            connect: { peer, _ in logger.info("Connect", metadata: ["peer": "\(peer.endpoint)"]) },
            disconnect: { peer, _ in logger.info("Disconnect", metadata: ["peer": "\(peer.endpoint)"]) }
        )

        let cluster = try await Cluster(config: config.scoped(to: "cluster"), connector: connector, logger: logger)
        try await ServiceGroup(services: [cluster], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
