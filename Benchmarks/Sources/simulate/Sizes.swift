internal import ArgumentParser
internal import BenchmarkSupport
internal import CAllocationCounter
internal import ClusterSimulation
internal import Foundation

/// All nodes start within a second, and then nothing happens: the price of a cluster by its size.
struct Sizes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts n nodes within a second and leaves them alone, for each n."
    )

    @Option(parsing: .upToNextOption, help: "The numbers of nodes.")
    var sizes = [10, 100, 1_000, 3_000]

    @Option(help: "Where chance begins.")
    var seed: UInt64 = 1

    @Option(help: "How much virtual time passes, in minutes.")
    var minutes = 10

    @Option(help: "How many threads work; as many as there are cores, unless told otherwise.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Let the nodes act as with a key.")
    var sealed = false

    @Option(help: "A folder for the results: a table as comma-separated values, and a plot.")
    var output: String?

    func run() throws {
        let folder = try self.output.map(ResultsFolder.init)
        return_large_blocks()
        var table = Table([
            "nodes", "converged s", "announcements", "rosters", "first 10 s", "per node", "deliveries",
            "server busy s", "false suspicions", "sessions lost", "wall s", "peak MB",
        ])
        var points: [(x: Double, y: Double)] = []
        for size in self.sizes {
            let clock = ContinuousClock()
            let start = clock.now
            let report = self.simulate(size)
            let wall = start.duration(to: clock.now)
            let perNode = Double(report.sentInFirstTenSeconds) / Double(size)
            table.add([
                "\(size)",
                report.convergence?.inSeconds.rounded(to: 3) ?? "never",
                "\(report.announcements)",
                "\(report.rosterMessages)",
                "\(report.sentInFirstTenSeconds)",
                perNode.rounded(to: 2),
                "\(report.wakeUps)",
                report.serverBusy.inSeconds.rounded(to: 1),
                "\(report.falseSuspicions)",
                "\(report.sessionsGivenUp)",
                wall.inSeconds.rounded(to: 1),
                "\(Process.peakResidentMegabytes)",
            ])
            points.append((Double(size), perNode))
        }
        guard let folder else { return }
        let name = self.sealed ? "simulated-start-sealed" : "simulated-start"
        try folder.write(table.commaSeparated, as: "\(name).csv")
        try folder.write(self.plot(points).svg, as: "\(name).svg")
    }

    private func simulate(_ size: Int) -> SimulationReport {
        var configuration = SimulationConfiguration(nodes: size)
        configuration.seed = self.seed
        configuration.isKeyed = self.sealed
        // Small clusters are done sooner than threads can share them.
        configuration.threads = size < 200 ? 1 : max(1, self.threads)
        let simulation = SimulatedCluster(configuration)
        simulation.start(size, within: .seconds(1))
        simulation.run(for: .seconds(60) * self.minutes)
        return simulation.report
    }

    private func plot(_ points: [(x: Double, y: Double)]) -> LinePlot {
        LinePlot(
            title: "Notifications a node in the first ten seconds, all starting within one",
            xLabel: "nodes",
            yLabel: "notifications a node",
            note: "simulated, seed \(self.seed), \(self.sealed ? "with" : "without") a key; the bound is 4",
            series: [
                LinePlot.Series(name: "sent", color: "#2471a3", points: points),
                LinePlot.Series(name: "bound", color: "#c0392b", points: points.map { ($0.x, 4) }),
            ]
        )
    }
}
