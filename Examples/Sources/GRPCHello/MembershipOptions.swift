import ArgumentParser
import ClusterFormation
import StrategyChoice

/// Which cluster, and how its servers are found.
struct MembershipOptions: ParsableArguments {
    @Option(help: "How to find the servers: \(StrategyChoice.help).")
    var strategy = "local:"

    @Option(help: "The cluster's name.")
    var cluster = "grpc-hello"

    @Flag(help: "Stop when the standard input ends: a program that starts this one leaves none behind.")
    var stopAtEndOfInput = false

    func strategies() throws -> [any ClusterStrategy] { [try StrategyChoice.strategy(self.strategy)] }
}
