internal import ArgumentParser

/// How fast nodes find each other through a real PostgreSQL, and what one costs that does nothing.
@main
struct FormationBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "formation-bench",
        abstract: "Measures joins and idle nodes against a PostgreSQL server that it starts itself.",
        subcommands: [
            Join.self, Idle.self, IdleNode.self, IdleLoop.self, Load.self, Faults.self, Failover.self, Restart.self,
            Killed.self, TableLoad.self,
        ]
    )
}
