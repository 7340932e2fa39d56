internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterSimulation

/// One cluster, and what happens to it, step by step.
struct Scenario: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes one cluster through joins, crashes, restarts, cuts, freezes and goodbyes."
    )

    @Option(help: "How many nodes start.")
    var nodes = 200

    @Option(help: "Where chance begins.")
    var seed: UInt64 = 1

    @Flag(help: "Let the nodes act as with a key.")
    var sealed = false

    @Option(help: "A folder for the table as comma-separated values.")
    var output: String?

    /// What is done to the cluster, and how long it then has.
    private struct Step {
        var name: String
        var act: (SimulatedCluster) -> Void
        var time: Duration
    }

    func run() throws {
        let folder = try self.output.map(ResultsFolder.init)
        var configuration = SimulationConfiguration(nodes: self.nodes + 1)
        configuration.seed = self.seed
        configuration.isKeyed = self.sealed
        let simulation = SimulatedCluster(configuration)
        var table = Table([
            "step                     ", "running", "converged s", "notifications", "deliveries", "suspicions",
            "false suspicions", "sessions opened", "sessions lost",
        ])
        for step in self.steps {
            let before = simulation.report
            step.act(simulation)
            simulation.run(for: step.time)
            let after = simulation.report
            table.add([
                step.name,
                "\(after.running)",
                after.convergence?.inSeconds.rounded(to: 3) ?? "never",
                "\(after.notifications - before.notifications)",
                "\(after.wakeUps - before.wakeUps)",
                "\(after.suspicions - before.suspicions)",
                "\(after.falseSuspicions - before.falseSuspicions)",
                "\(after.sessionsOpened - before.sessionsOpened)",
                "\(after.sessionsGivenUp - before.sessionsGivenUp)",
            ])
        }
        try folder?.write(table.commaSeparated, as: "simulated-scenario.csv")
    }

    /// Each tenth of the cluster suffers something else.
    private var steps: [Step] {
        let tenth = max(1, self.nodes / 10)
        func part(_ number: Int) -> Range<Int> { (number * tenth)..<((number + 1) * tenth) }
        return [
            Step(name: "all start", act: { $0.start(self.nodes, within: .seconds(1)) }, time: .seconds(120)),
            Step(name: "one joins late", act: { $0.start(1) }, time: .seconds(60)),
            Step(name: "a tenth crashes", act: { for node in part(0) { $0.crash(node) } }, time: .seconds(120)),
            Step(name: "a tenth restarts", act: { for node in part(1) { $0.restart(node) } }, time: .seconds(120)),
            Step(name: "server away for 3 s", act: { $0.restartServer(after: .seconds(3)) }, time: .seconds(180)),
            Step(name: "a tenth cut off for 60 s", act: { $0.cutOff(part(2), for: .seconds(60)) }, time: .seconds(180)),
            Step(name: "a tenth frozen", act: { for node in part(3) { $0.freeze(node) } }, time: .seconds(60)),
            Step(name: "they go on", act: { for node in part(3) { $0.thaw(node) } }, time: .seconds(120)),
            Step(
                name: "all but a tenth leave",
                act: { for node in (2 * tenth)..<(self.nodes + 1) { $0.leave(node) } },
                time: .seconds(120)
            ),
        ]
    }
}
