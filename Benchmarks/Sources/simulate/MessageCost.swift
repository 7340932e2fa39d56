internal import ArgumentParser
internal import BenchmarkSupport
internal import CAllocationCounter
internal import ClusterSimulation

/// What one incoming announcement costs a node, from the payload to the protocol's decision.
struct MessageCost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message-cost",
        abstract: "Measures what one incoming announcement costs a node, by the number of peers that it knows."
    )

    @Option(parsing: .upToNextOption, help: "The numbers of peers.")
    var peers = [100, 1_000, 10_000]

    @Option(help: "How many announcements each figure is the median of, at least.")
    var messages = 200_000

    @Option(help: "A folder for the results: a table as comma-separated values, and a plot.")
    var output: String?

    func run() throws {
        let folder = try self.output.map(ResultsFolder.init)
        var table = Table(["peers", "sealed", "ns", "allocations", "node's kB", "bytes a peer"])
        var series: [LinePlot.Series] = []
        for (isSealed, color) in [(false, "#2471a3"), (true, "#c0392b")] {
            var points: [(x: Double, y: Double)] = []
            for count in self.peers {
                let time = self.measure(count, isSealed, &table)
                points.append((Double(count), time))
            }
            series.append(LinePlot.Series(name: isSealed ? "sealed" : "unsealed", color: color, points: points))
        }
        guard let folder else { return }
        try folder.write(table.commaSeparated, as: "message-cost.csv")
        let plot = LinePlot(
            title: "Cost of one incoming announcement",
            xLabel: "peers that the node knows",
            yLabel: "nanoseconds",
            note: "from the payload's text to the protocol's decision, one thread",
            series: series
        )
        try folder.write(plot.svg, as: "message-cost.svg")
    }

    private func measure(_ count: Int, _ isSealed: Bool, _ table: inout Table) -> Double {
        var node = ReceivingNode(peers: count, isSealed: isSealed)
        let before = allocated_bytes()
        node.meetAll()
        let memory = Double(allocated_bytes() - before)
        var measurement = Measurement()
        var heard = 0
        while heard < self.messages {
            let payloads = node.nextRound()
            measurement.round(of: payloads.count) {
                for payload in payloads { node.receive(payload) }
            }
            heard += payloads.count
        }
        precondition(node.knownPeers == count, "every peer is known")
        table.add([
            "\(count)",
            isSealed ? "yes" : "no",
            measurement.time.rounded(to: 0),
            measurement.allocationCount.rounded(to: 1),
            (memory / 1_000).rounded(to: 0),
            (memory / Double(count)).rounded(to: 0),
        ])
        return measurement.time
    }
}
