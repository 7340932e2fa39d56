import ArgumentParser
import ChildProcesses
import ClusterFormation
import ClusterFormationPostgres
import Foundation
import Logging
import ServiceLifecycle
import StrategyChoice
import TCPMesh
import UnixSignals

/// One process of the mesh: finds the others through PostgreSQL, keeps a TCP connection to each, and chats.
@main
struct TCPMeshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tcp-mesh",
        abstract: "Finds its like through PostgreSQL, connects to all of them, and says hello once a second.",
        discussion: """
            Start it several times with the same database and cluster:

                tcp-mesh --name alice --database postgres://localhost/postgres
                tcp-mesh --name bob   --database postgres://localhost/postgres

            With a key in the variable CLUSTER_KEY, announcements are sealed.
            """
    )

    @Option(
        help: """
            What libpq takes: a URI or key=value pairs. Default: the variable DATABASE_URL, which no list of processes \
            shows. What is left out comes from the PG* variables.
            """
    )
    var database: String?

    @Option(help: "How to find the others, in place of --database: \(StrategyChoice.help).")
    var strategy: String?

    @Option(help: "The cluster's name; processes with the same one find each other.")
    var cluster = "tcp-mesh"

    @Option(help: "What this process is called. Default: its address.")
    var name: String?

    @Option(help: "The address at which the others reach this process.")
    var host = "127.0.0.1"

    @Option(help: "The address to listen on. Default: the host.")
    var bind: String?

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port = 0

    @Option(help: "What to tell the others of this process, as key=value; may be repeated.")
    var metadata: [KeyValue] = []

    @Option(help: "How much to log on the standard error: debug, info, warning ...")
    var logLevel = "info"

    @Flag(help: "Print one '@ seconds event key=value ...' line an event, for a program to read.")
    var report = false

    @Flag(help: "Only find the others, and connect to nobody.")
    var discover = false

    @Flag(help: "Stop when the standard input ends: a program that starts this one leaves none behind.")
    var stopAtEndOfInput = false

    func validate() throws {
        guard (0...65535).contains(self.port) else { throw ValidationError("--port must be 0 to 65535.") }
        guard Logger.Level(rawValue: self.logLevel) != nil else {
            throw ValidationError("--log-level must be one of \(Logger.Level.allCases.map(\.rawValue)).")
        }
    }

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "tcp-mesh")
        logger.logLevel = Logger.Level(rawValue: self.logLevel) ?? .info
        let reporter = Reporter(style: self.report ? .machine : .person)
        var metadata = Dictionary(self.metadata.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        if let name { metadata["name"] = name }

        let database = self.database ?? ProcessInfo.processInfo.environment["DATABASE_URL"] ?? ""
        let hasKey = ProcessInfo.processInfo.environment["CLUSTER_KEY"] != nil
        let key = hasKey ? try ClusterKey(environment: "CLUSTER_KEY") : nil
        let chat = Chat(reporter: reporter)
        let mesh = try await MeshTransport.bind(
            host: self.host,
            bindAddress: self.bind,
            port: self.port,
            cluster: self.cluster,
            name: self.name ?? "",
            metadata: metadata,
            onEvent: chat.handle
        )
        let strategy: any ClusterStrategy =
            try self.strategy.map { try StrategyChoice.strategy($0, key: key) }
            ?? PostgresNotifyStrategy(connection: database, key: key)
        let node = mesh.localNode
        let cluster =
            self.discover
            ? try Cluster(name: self.cluster, localNode: node, strategies: [strategy], logger: logger)
            : try Cluster(name: self.cluster, localNode: node, strategies: [strategy], connector: mesh, logger: logger)
        reporter.started(mesh.localNode)

        // They stop in reverse order: first the talk, then the membership, then the connections.
        var services: [any Service] = [mesh, EventReport(cluster: cluster, reporter: reporter), cluster]
        if !self.discover { services.append(ChatService(chat: chat, mesh: mesh)) }
        if self.stopAtEndOfInput { services.append(InputWatch()) }
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
        reporter.report("stopped")
    }
}

/// A `key=value` argument.
struct KeyValue: ExpressibleByArgument {
    var key: String
    var value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        (self.key, self.value) = (String(parts[0]), String(parts[1]))
    }
}
