import ArgumentParser
import Foundation
import PostgresTesting

/// Random faults over real processes, with what must hold checked all along.
struct Soak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts processes through random faults, and checks what must hold all along.",
        discussion: """
            PostgreSQL is restarted, killed and frozen, fails over for up to a minute, its sessions are ended, its channel \
            is flooded, the way to it is cut or drops notifications, and its clock is set where libfaketime is \
            installed; a stranger attacks from a role that may connect and nothing else; processes are killed, frozen and restarted: one thing at a time or two at once. After each round \
            all must be linked with all within a bound. No link may be lost while both its ends live. No process may \
            gather descriptors or memory. The exit code is 0 if all of that held. The same seed chooses the same faults.
            """,
        shouldDisplay: false
    )

    @Option(help: "For how many seconds new faults are made, 10 to 86400.")
    var seconds = 600

    @Option(help: "What chooses the faults; by default a new one each time.")
    var seed: UInt64?

    @Option(help: "How many processes, 3 to 50.")
    var nodes = 6

    @Option(help: "Within how many seconds after a fault all must be linked with all.")
    var bound = 60

    @Flag(help: "Make attacks by a stranger all that happens, but for restarts of processes.")
    var attacks = false

    @Flag(help: "Begin with a notification queue that is full: it takes a minute and 8 GB of disk.")
    var fullQueue = false

    @Flag(help: "Give the cluster a key.")
    var sealed = false

    @Flag(help: "Keep what the processes log.")
    var keepLogs = false

    func validate() throws {
        guard (10...86_400).contains(self.seconds) else { throw ValidationError("--seconds must be 10 to 86400.") }
        guard (3...50).contains(self.nodes) else { throw ValidationError("--nodes must be 3 to 50.") }
        guard (1...3_600).contains(self.bound) else { throw ValidationError("--bound must be 1 to 3600.") }
    }

    func run() async throws {
        let screen = Screen()
        let stage = try Stage(
            screen: screen,
            nodeCount: self.nodes,
            outageSeconds: 0,
            key: self.sealed ? Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString() : nil
        )
        let seed = self.seed ?? .random(in: 0..<1_000_000_000)
        screen.title("\(self.nodes) processes, \(self.seconds) s of random faults, --seed \(seed)")
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

    private func perform(on stage: Stage, seed: UInt64) async {
        do {
            var configuration = TemporaryPostgres.Configuration()
            configuration.maxConnections = self.nodes * 3 + 20
            configuration.hasSettableClock = TemporaryPostgres.canSetClocks
            try await TemporaryPostgres.withServer(configuration) { server in
                try await FaultProxy.withProxy(to: server) { proxy in
                    do {
                        try await stage.introduce(.relayed(server, port: proxy.port))
                        var round = SoakRun(
                            stage: stage,
                            server: server,
                            proxy: proxy,
                            seed: seed,
                            bound: .seconds(self.bound),
                            isUnderAttack: self.attacks,
                            first: self.fullQueue ? [.fillQueue] : nil
                        )
                        try await round.run(for: .seconds(self.seconds))
                    } catch {
                        await stage.clear()
                        throw error
                    }
                    await stage.clear()
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
}
