import ClusterFormation
import Logging
import ServiceLifecycle
import StrategyChoice
import UnixSignals

/// A node on plain NIO that an orchestrator can ask whether it is ready.
///
///     swift run health 7337 8080
///     swift run health 7338 8081
///     curl -i localhost:8080/readyz
///
/// They find each other on one machine, or in another way with a third argument. Ready is who knows another node, or has
/// waited for one for half a minute.
@main
struct Health {
    static func main() async throws {
        let logger = Logger(label: "health")
        let arguments = CommandLine.arguments.dropFirst()
        let ports = arguments.prefix(2).compactMap { Int($0) }
        let cluster = try Cluster(
            name: "health",
            localNode: Node(host: "127.0.0.1", port: ports.first ?? 7337),
            strategies: [StrategyChoice.strategy(arguments.dropFirst(2).first ?? "local:")],
            logger: logger
        )
        let listener = try await HealthListener.bind(
            cluster,
            minimumPeers: 1,
            host: "127.0.0.1",
            port: ports.dropFirst().first ?? 8080
        )
        logger.info("Listening", metadata: ["port": "\(listener.port)"])
        try await ServiceGroup(
            services: [cluster, listener],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}
