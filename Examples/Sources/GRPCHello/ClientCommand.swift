import ArgumentParser
import ChildProcesses
import ClusterFormation
import ClusterFormationGRPC
import GRPCCore
import GRPCNIOTransportHTTP2
import ServiceLifecycle
import UnixSignals

/// A client that observes the cluster, of which it is no member, and calls its servers in turn.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Calls all servers, and tells once a second who has answered."
    )

    @OptionGroup var membership: MembershipOptions

    @Option(help: "How many calls are under way at once.")
    var callers = 4

    @Option(help: "How long each caller rests after a call, in milliseconds.")
    var pause = 20

    func validate() throws {
        guard (1...1_000).contains(self.callers) else { throw ValidationError("--callers must be 1 to 1000.") }
        guard (0...60_000).contains(self.pause) else { throw ValidationError("--pause must be 0 to 60000.") }
    }

    func run() async throws {
        let logger = GRPCHello.logger()
        let cluster = try Cluster(
            observing: self.membership.cluster,
            strategies: self.membership.strategies(),
            logger: logger
        )
        let transport = try HTTP2ClientTransport.Posix(
            target: .cluster(cluster),
            transportSecurity: .plaintext,
            serviceConfig: Callers.serviceConfig
        )
        let callers = Callers(transport: transport, count: self.callers, pause: .milliseconds(self.pause))
        let watch: [any Service] = self.membership.stopAtEndOfInput ? [InputWatch()] : []
        try await ServiceGroup(
            configuration: .init(
                services: ([cluster, callers] + watch).map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        ).run()
    }
}
