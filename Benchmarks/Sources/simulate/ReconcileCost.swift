internal import ArgumentParser
internal import BenchmarkSupport
internal import CAllocationCounter
internal import ClusterSimulation

/// What one change of membership costs a node's core, with a link to every peer.
struct ReconcileCost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile-cost",
        abstract: "Measures what one change of membership costs the core, by the number of peers that it is linked to."
    )

    @Option(parsing: .upToNextOption, help: "The numbers of peers.")
    var peers = [100, 1_000, 10_000]

    @Option(help: "How many changes each figure is the median of, at least.")
    var changes = 200_000

    @Option(help: "A folder for the results: a table as comma-separated values, and a plot.")
    var output: String?

    func run() throws {
        let folder = try self.output.map(ResultsFolder.init)
        var table = Table([
            "peers", "update ns", "allocations", "leave and join ns", "allocations", "all at once ms", "core's kB",
        ])
        var updates: [(x: Double, y: Double)] = []
        var changes: [(x: Double, y: Double)] = []
        for count in self.peers {
            var node = LinkingNode(peers: count)
            let before = allocated_bytes()
            let discovery = ContinuousClock().measure { node.discoverAll() }
            let memory = Double(allocated_bytes() - before)
            precondition(node.linkedPeers == count, "every peer is linked")
            let update = self.measure { number in node.updateOne(zone: number.isMultiple(of: 2) ? "b" : "c") }
            let change = self.measure { _ in node.changeOne() }
            precondition(node.linkedPeers == count, "every peer is linked again")
            table.add([
                "\(count)",
                update.time.rounded(to: 0),
                update.allocationCount.rounded(to: 1),
                change.time.rounded(to: 0),
                change.allocationCount.rounded(to: 1),
                (discovery.inSeconds * 1_000).rounded(to: 2),
                (memory / 1_000).rounded(to: 0),
            ])
            updates.append((Double(count), update.time))
            changes.append((Double(count), change.time))
        }
        guard let folder else { return }
        try folder.write(table.commaSeparated, as: "reconcile-cost.csv")
        let plot = LinePlot(
            title: "Cost of one change of membership in the core",
            xLabel: "peers, all linked",
            yLabel: "nanoseconds",
            note: "connects and disconnects succeed at once, one thread",
            series: [
                LinePlot.Series(name: "a peer says something new", color: "#2471a3", points: updates),
                LinePlot.Series(name: "a peer leaves and comes back", color: "#c0392b", points: changes),
            ]
        )
        try folder.write(plot.svg, as: "reconcile-cost.svg")
    }

    private func measure(_ change: (Int) -> Void) -> Measurement {
        var measurement = Measurement()
        let round = 10_000
        for _ in 0..<max(1, self.changes / round) {
            measurement.round(of: round) {
                for number in 0..<round { change(number) }
            }
        }
        return measurement
    }
}
