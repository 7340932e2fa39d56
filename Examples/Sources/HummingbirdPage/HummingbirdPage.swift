import ClusterFormation
import ClusterFormationHummingbird
import Hummingbird
import Logging
import ServiceLifecycle
import StrategyChoice
import TCPMesh
import UnixSignals

/// A server with the live page of its cluster. Start some of them, on the machine that you are at:
///
///     Scripts/live-page
///
/// Each is one process, with the page on a port of its own, and a TCP connection to every other one. With a second argument
/// they find each other in another way, such as `postgres://localhost/postgres`.
@main
struct HummingbirdPage {
    static func main() async throws {
        var logger = Logger(label: "hummingbird-page")
        logger.logLevel = .notice
        let arguments = CommandLine.arguments
        let port = arguments.count > 1 ? Int(arguments[1]) ?? 8080 : 8080
        let mesh = try await MeshTransport.bind(
            host: "127.0.0.1",
            port: 0,
            cluster: "live-page",
            name: "page \(port)",
            metadata: ["page": "http://127.0.0.1:\(port)/cluster"],
            onEvent: { _ in }
        )
        let cluster = try Cluster(
            name: "live-page",
            localNode: mesh.localNode,
            strategies: [StrategyChoice.strategy(arguments.count > 2 ? arguments[2] : "local:")],
            connector: mesh,
            logger: logger
        )

        let router = Router()
        router.addClusterHealth(cluster)
        try router.addClusterPage(cluster)
        let server = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in print("http://127.0.0.1:\(port)/cluster") },
            logger: logger
        )
        try await ServiceGroup(
            services: [mesh, cluster, server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}
