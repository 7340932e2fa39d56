internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterSimulation
internal import Dispatch
internal import Synchronization

/// Many nodes start at once, again and again with other chances: the worst counts.
struct Crowds: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Starts n nodes within a time, for each of many seeds, and shows the worst of what they send and take."
    )

    @Option(parsing: .upToNextOption, help: "The numbers of nodes.")
    var sizes = [10, 50, 100, 200, 500, 1_000]

    @Option(help: "How many seeds.")
    var seeds: UInt64 = 40

    @Option(help: "Within how many milliseconds the nodes start.")
    var within = 1_000

    @Option(help: "How many microseconds each timer is late.")
    var lateness = 50

    @Flag(help: "Let the messages be as short as sealed ones.")
    var sealed = false

    @Flag(help: "Run each start without and with a key, and fail where a bound does not hold.")
    var check = false

    /// The most notifications a node in ten seconds, and how much longer than without a key a start may take with one.
    private static let bounds = (notificationsEach: 4.0, keyed: 1.3)

    func run() throws {
        var table = Table([
            "nodes", "first 10 s", "worst", "mean a node", "worst a node", "converged s", "worst s", "rosters",
            "worst rosters", "false susp.",
        ])
        for size in self.sizes {
            var medians: [Double] = []
            for isKeyed in self.check ? [false, true] : [self.sealed] {
                medians.append(try self.measure(size, isKeyed: isKeyed, &table))
            }
            guard self.check else { continue }
            guard medians[1] <= medians[0] * Self.bounds.keyed else {
                print("error: \(size) nodes take \(medians[1]) s with a key and \(medians[0]) s without")
                throw ExitCode.failure
            }
        }
    }

    /// Adds a row; returns the median time until all know all.
    private func measure(_ size: Int, isKeyed: Bool, _ table: inout Table) throws -> Double {
        let reports = self.simulate(size, isKeyed: isKeyed)
        let sent = reports.map(\.sentInFirstTenSeconds)
        let times = reports.map { $0.convergence?.inSeconds ?? .infinity }
        let mean = Double(sent.reduce(0, +)) / Double(sent.count)
        table.add([
            "\(size)", mean.rounded(to: 0), "\(sent.max() ?? 0)",
            (mean / Double(size)).rounded(to: 2), (Double(sent.max() ?? 0) / Double(size)).rounded(to: 2),
            (times.sorted()[times.count / 2]).rounded(to: 3), (times.max() ?? 0).rounded(to: 3),
            (Double(reports.map(\.rosterMessages).reduce(0, +)) / Double(reports.count)).rounded(to: 1),
            "\(reports.map(\.rosterMessages).max() ?? 0)",
            "\(reports.map(\.falseSuspicions).max() ?? 0)",
        ])
        let isWithin = sent.allSatisfy { Double($0) <= Self.bounds.notificationsEach * Double(size) }
        guard !self.check || isWithin && reports.allSatisfy({ $0.falseSuspicions == 0 && $0.convergence != nil }) else {
            print(
                "error: of \(size) nodes one start or more sends too much, forgets somebody, or does not come to an end"
            )
            throw ExitCode.failure
        }
        return times.sorted()[times.count / 2]
    }

    /// Every seed's report in the seeds' order; as many simulations at once as there are cores.
    private func simulate(_ size: Int, isKeyed: Bool) -> [SimulationReport] {
        let reports = Mutex([SimulationReport?](repeating: nil, count: Int(self.seeds)))
        DispatchQueue.concurrentPerform(iterations: Int(self.seeds)) { index in
            let report = self.simulate(size, seed: UInt64(index) + 1, isKeyed: isKeyed)
            reports.withLock { $0[index] = report }
        }
        return reports.withLock { $0.compactMap(\.self) }
    }

    private func simulate(_ size: Int, seed: UInt64, isKeyed: Bool) -> SimulationReport {
        var configuration = SimulationConfiguration(nodes: size)
        configuration.seed = seed
        configuration.isKeyed = isKeyed
        configuration.timerLateness = .microseconds(self.lateness)
        let simulation = SimulatedCluster(configuration)
        simulation.start(size, within: .milliseconds(self.within))
        simulation.run(for: .seconds(10))
        // Large crowds take longer than the time in which what they send is counted.
        if !simulation.isWhole { _ = simulation.runUntilWhole(within: .seconds(600), step: .seconds(1)) }
        return simulation.report
    }
}
