import ClusterFormation
import ClusterFormationPostgres
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The library in ten lines. Start it twice, with a port as its argument, and the two find each other:
///
///     export DATABASE_URL=postgres://localhost/postgres
///     swift run minimal 7337
///     swift run minimal 7338
@main
struct Minimal {
    static func main() async throws {
        let logger = Logger(label: "minimal")
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 7337
        let database = ProcessInfo.processInfo.environment["DATABASE_URL"] ?? ""

        // In place of a real transport: says whom it would connect to.
        let connector = ClosureConnector(
            connect: { peer, _ in logger.info("Connect", metadata: ["peer": "\(peer.endpoint)"]) },
            disconnect: { peer, _ in logger.info("Disconnect", metadata: ["peer": "\(peer.endpoint)"]) }
        )

        let cluster = try Cluster(
            name: "minimal",
            localNode: Node(host: "127.0.0.1", port: port),
            strategy: PostgresNotifyStrategy(connection: database),
            connector: connector,
            logger: logger
        )
        try await ServiceGroup(services: [cluster], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
