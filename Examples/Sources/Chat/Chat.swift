import Logging
import ServiceLifecycle
import StrategyChoice
import UnixSignals
import WebSocketChat

/// A chat of browsers, each of which is at some node. Start some nodes, on the machine that you are at:
///
///     Scripts/chat
///
/// Open two of the pages, and what is said at one is heard at the other: it goes over the nodes' own connections. With a
/// second argument the nodes find each other in another way, such as `postgres://localhost/postgres`.
@main
struct Chat {
    static func main() async throws {
        var logger = Logger(label: "chat")
        logger.logLevel = .notice
        let arguments = CommandLine.arguments
        let port = arguments.count > 1 ? Int(arguments[1]) ?? 8080 : 8080
        let node = try await ChatNode.bind(
            name: "node \(port)",
            port: port,
            strategies: [StrategyChoice.strategy(arguments.count > 2 ? arguments[2] : "local:")],
            logger: logger
        )
        print("http://127.0.0.1:\(node.port)/")
        try await ServiceGroup(
            services: node.services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }
}
