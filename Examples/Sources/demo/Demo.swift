import ArgumentParser
import Foundation
import PostgresTesting

/// The demonstration: real processes, a real PostgreSQL, real connections, and what happens when each of them fails.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Scripts/demo",
        abstract: "Processes find each other through PostgreSQL, and stay connected whatever happens to it.",
        discussion: """
            Starts a PostgreSQL server of its own, on a private socket, and several example processes. Then one process \
            is killed and restarted, PostgreSQL is stopped and started again, and all shut down. At the end processes of \
            one host find each other with no server at all, and others by DNS. Leaves nothing behind. \
            The exit code is 0 if everything went as it should, and 1 if anything did not.
            """,
        subcommands: [LeaderSoak.self, Soak.self, Strategies.self, Times.self]
    )

    @Option(help: "How many processes, 3 to 50.")
    var nodes = 5

    @Option(
        help: ArgumentHelp(
            "Use this database instead of a server of its own; it is not stopped, so that part is left out.",
            valueName: "connection-string"
        )
    )
    var database: String?

    @Option(help: "For how many seconds PostgreSQL is down, 2 to 600; the default is longer than the time-to-live.")
    var outage = 25

    @Flag(help: "Keep what the processes log.")
    var keepLogs = false

    func validate() throws {
        guard (3...50).contains(self.nodes) else { throw ValidationError("--nodes must be 3 to 50.") }
        guard (2...600).contains(self.outage) else { throw ValidationError("--outage must be 2 to 600.") }
    }

    func run() async throws {
        let screen = Screen()
        let stage = try Stage(screen: screen, nodeCount: self.nodes, outageSeconds: self.outage)
        let isInterrupted = try await runUntilInterrupted {
            await self.perform(on: stage)
        }
        if isInterrupted { screen.failed("interrupted; the processes and the server are gone") }
        let isGood = !isInterrupted && !stage.summary.hasFailed
        stage.putAwayLogs(keep: self.keepLogs || (!isGood && !isInterrupted))
        if isInterrupted { throw ExitCode(130) }
        if !isGood { throw ExitCode.failure }
    }

    private func perform(on stage: Stage) async {
        do {
            if let database {
                stage.screen.title("\(self.nodes) processes, one PostgreSQL (yours), nothing else")
                try await self.play(on: stage, database: .existing(database))
            } else {
                stage.screen.title("\(self.nodes) processes, one PostgreSQL, nothing else")
                stage.screen.progress("starting PostgreSQL")
                var configuration = TemporaryPostgres.Configuration()
                configuration.maxConnections = self.nodes * 2 + 20
                try await TemporaryPostgres.withServer(configuration) { server in
                    try await self.play(on: stage, database: .throwaway(server))
                }
            }
            stage.summary.print(on: stage.screen)
        } catch is CancellationError {
            // The interrupt is told where it came in.
        } catch {
            stage.screen.failed("\(error)")
            stage.summary.count("\(error)", isMet: false)
        }
    }

    private func play(on stage: Stage, database: Database) async throws {
        do {
            try await stage.introduce(database)
            try await stage.form()
            try await stage.crash()
            try await stage.outage()
            try await stage.shutDown()
            try await OtherWays(screen: stage.screen, summary: stage.summary).show()
        } catch {
            await stage.clear()
            throw error
        }
        await stage.clear()
    }
}
