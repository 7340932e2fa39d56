import ClusterFormation
import Logging
import ServiceLifecycle
import StrategyChoice
import UnixSignals

/// The library in ten lines. Start it twice, in two terminals, and the two find each other:
///
///     swift run minimal 7337
///     swift run minimal 7338
///
/// They are processes of one machine, and need nothing else. With a second argument they find each other in another way:
///
///     swift run minimal 7337 postgres://localhost/postgres
@main
struct Minimal {
    static func main() async throws {
        let logger = Logger(label: "minimal")
        let arguments = CommandLine.arguments
        let port = arguments.count > 1 ? Int(arguments[1]) ?? 7337 : 7337

        // In place of a real transport: says whom it would connect to. The call lasts as long as the link.
        let connector = ClosureConnector { peer, isUp in
            logger.info("Connect", metadata: ["peer": "\(peer.endpoint)"])
            isUp()
            // Until the cluster ends the link.
            try? await Task.sleep(for: .seconds(1_000_000_000))
            logger.info("Disconnect", metadata: ["peer": "\(peer.endpoint)"])
        }

        let cluster = try Cluster(
            name: "minimal",
            localNode: Node(host: "127.0.0.1", port: port),
            strategies: [StrategyChoice.strategy(arguments.count > 2 ? arguments[2] : "local:")],
            connector: connector,
            logger: logger
        )
        try await ServiceGroup(services: [cluster], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
