import ArgumentParser
import Foundation
import PostgresTesting

/// Random faults over processes of which one leads.
struct LeaderSoak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leaders",
        abstract: "Puts processes of which one leads through random faults, until so many leaders have changed.",
        discussion: """
            The leader is killed, frozen, shut down, gives up; its session is ended, its connection is cut, slowed down, or \
            swallows everything; PostgreSQL is restarted, crashes, is frozen and fails over. Whoever leads writes its number \
            into one file, fifty times a second. In the end that file is judged: no number was two leaders', each was greater \
            than the one before, nobody worked on beside the next leader except for processes that had stood still, which \
            their number tells apart, and each new leader began in time. The exit code is 0 if all of that held. The same \
            seed chooses the same faults.
            """,
        shouldDisplay: false
    )

    @Option(help: "How often the leader changes, 1 to 100000.")
    var changes = 200

    @Option(help: "What chooses the faults; by default a new one each time.")
    var seed: UInt64?

    @Option(help: "How many processes, 2 to 20.")
    var nodes = 4

    @Option(help: "Within how many seconds a new leader must begin, from when one is due.")
    var bound = 20

    @Option(help: "For how many milliseconds a leader works on after it was told to end; more than 1000 must fail.")
    var overrun = 0

    @Flag(help: "Keep the record and what the processes log.")
    var keepLogs = false

    func validate() throws {
        guard (1...100_000).contains(self.changes) else { throw ValidationError("--changes must be 1 to 100000.") }
        guard (2...20).contains(self.nodes) else { throw ValidationError("--nodes must be 2 to 20.") }
        guard (1...3_600).contains(self.bound) else { throw ValidationError("--bound must be 1 to 3600.") }
        guard (0...600_000).contains(self.overrun) else { throw ValidationError("--overrun must be 0 to 600000.") }
    }

    func run() async throws {
        // A process may be gone when it is told something.
        signal(SIGPIPE, SIG_IGN)
        let screen = Screen()
        let stage = try LeaderStage(screen: screen, nodeCount: self.nodes, overrun: self.overrun)
        let seed = self.seed ?? .random(in: 0..<1_000_000_000)
        screen.title("\(self.nodes) processes of which one leads, \(self.changes) changes, --seed \(seed)")
        let isInterrupted = try await runUntilInterrupted {
            await self.perform(on: stage, seed: seed)
        }
        if isInterrupted { screen.failed("interrupted; the processes and the server are gone") }
        let isGood = !isInterrupted && !stage.summary.hasFailed
        if !isGood { screen.failed("the seed was \(seed)") }
        stage.putAwayLogs(keep: self.keepLogs || (!isGood && !isInterrupted))
        if isInterrupted { throw ExitCode(130) }
        if !isGood { throw ExitCode.failure }
    }

    private func perform(on stage: LeaderStage, seed: UInt64) async {
        do {
            var configuration = TemporaryPostgres.Configuration()
            configuration.maxConnections = self.nodes * 4 + 20
            try await TemporaryPostgres.withServer(configuration) { server in
                try await Self.withProxies(self.nodes, to: server) { proxies in
                    var run = LeaderSoakRun(
                        stage: stage,
                        server: server,
                        proxies: Dictionary(uniqueKeysWithValues: zip(stage.names, proxies)),
                        seed: seed,
                        bound: self.bound
                    )
                    do {
                        try await run.run(changes: self.changes)
                    } catch {
                        await stage.clear()
                        throw error
                    }
                    await stage.clear()
                    try run.judge()
                }
            }
        } catch is CancellationError {
            // The interrupt is told where it came in.
        } catch {
            stage.screen.failed("\(error)")
            stage.summary.count("\(error)", isMet: false)
        }
        stage.summary.add("Seed", "\(seed)")
        stage.summary.print(on: stage.screen)
    }

    /// A way to the server for each process, so that one alone can be cut off.
    private static func withProxies(
        _ count: Int,
        to server: TemporaryPostgres,
        _ body: ([FaultProxy]) async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body([]) }
        try await FaultProxy.withProxy(to: server) { proxy in
            try await Self.withProxies(count - 1, to: server) { try await body([proxy] + $0) }
        }
    }
}
