import ArgumentParser
import ChildProcesses
import ClusterFormation
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// A gRPC server that says where it listens.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "server", abstract: "Answers calls with its name.")

    @OptionGroup var membership: MembershipOptions

    @Option(help: "The address to listen on, at which clients reach it.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port = 0

    @Option(help: "What this server is called. Default: its process id.")
    var name: String?

    func validate() throws {
        guard (0...65535).contains(self.port) else { throw ValidationError("--port must be 0 to 65535.") }
    }

    func run() async throws {
        let logger = GRPCHello.logger()
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: self.host, port: self.port),
            transportSecurity: .plaintext,
            // A client that does not end its calls must not keep this server from ending.
            config: .defaults { $0.connection.maxGraceTime = .seconds(10) }
        )
        let name = self.name ?? "process \(ProcessInfo.processInfo.processIdentifier)"
        let server = GRPCServer(transport: transport, services: [HelloService(name: name)])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            // It listens before anybody is told of it.
            let address = try await transport.listeningAddress
            let node = try Node(host: self.host, port: address.ipv4?.port ?? self.port)
            let cluster = try Cluster(
                name: self.membership.cluster,
                localNode: node,
                strategies: self.membership.strategies(),
                logger: logger
            )
            GRPCHello.say("\(name) listens at \(node.endpoint)")
            let watch: [any Service] = self.membership.stopAtEndOfInput ? [InputWatch()] : []
            let services = ServiceGroup(
                configuration: .init(
                    services: ([cluster] + watch).map {
                        .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                    },
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger
                )
            )
            group.addTask {
                try await services.run()
                // The goodbye was first, so clients call others now; what they have begun is answered.
                server.beginGracefulShutdown()
            }
            try await group.waitForAll()
        }
    }
}
