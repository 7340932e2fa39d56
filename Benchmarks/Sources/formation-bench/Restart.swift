internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterFormation
internal import Foundation
internal import PostgresTesting

/// How the sessions of many nodes come back to a server that was restarted: spread over time, or all at once.
struct Restart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Restarts PostgreSQL under many sessions and shows when each comes back."
    )

    @Option(help: "How many nodes.")
    var nodes = 200

    @Option(help: "For how long the server is away between its stop and its start, in seconds.")
    var away = 0

    @Option(help: "How many times to restart it.")
    var rounds = 3

    func run() async throws {
        print("\(self.nodes) nodes, server restarted in fast mode and \(self.away) s away")
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = self.nodes + 20
        let log = SessionLog()
        try await TemporaryPostgres.withServer(configuration) { server in
            let nodes = try (1...self.nodes).map {
                try BenchmarkNode(number: $0, connection: server.connectionString(), log: log)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in nodes { group.addTask { try await node.cluster.run() } }
                for node in nodes {
                    try await node.cluster.waitForPeers(atLeast: nodes.count - 1, within: .seconds(60))
                }
                for round in 1...self.rounds {
                    // To come to rest: what the join or the last restart has set in motion is over.
                    try await Task.sleep(for: .seconds(20))
                    try await self.measure(round, server, nodes, log)
                }
                group.cancelAll()
            }
        }
    }

    private func measure(
        _ round: Int,
        _ server: TemporaryPostgres,
        _ nodes: [BenchmarkNode],
        _ log: SessionLog
    ) async throws {
        let events = nodes.map(\.cluster.events)
        _ = log.take()
        let stopped = ContinuousClock.now
        try await server.stop(mode: .fast)
        try await Task.sleep(for: .seconds(self.away))
        try await server.start()
        let back = ContinuousClock.now
        let outcomes = await Self.outcomes(of: events)
        let moments = log.take()
        let openings = moments.openings.map { back.duration(to: $0) / .seconds(1) }
        let attempts = moments.attempts.map { back.duration(to: $0) / .seconds(1) }
        let spread = Statistics(openings)
        let knowsAll = nodes.allSatisfy {
            $0.cluster.status.peers.count == nodes.count - 1
                && $0.cluster.status.connectedPeers.count == nodes.count - 1
        }
        let lost = outcomes.map(\.losses).reduce(0, +)
        let proven = outcomes.map { back.duration(to: $0.provenAt) / .seconds(1) }.max() ?? .nan
        print(
            """

            round \(round): stopped and ready again after \((stopped.duration(to: back) / .seconds(1)).rounded(to: 2)) s; \
            times from then on
              sessions open: first \(spread.minimum.rounded(to: 2)) s, median \(spread.median.rounded(to: 2)) s, \
            last \(spread.maximum.rounded(to: 2)) s
              at most \(Self.most(openings, within: 0.1)) opened in any 100 ms; at most \(Self.most(attempts, within: 0.1)) \
            of \(attempts.count) attempts in any 100 ms
              all have proof after \(proven.rounded(to: 2)) s; all know and are linked with all: \(knowsAll ? "yes" : "NO"); \
            links lost: \(lost)
            """
        )
        for line in Self.histogram(openings, bucket: 0.25) { print("  \(line)") }
        fflush(nil)
        guard knowsAll, lost == 0 else { throw ExitCode.failure }
    }

    // MARK: What the nodes tell

    private struct Outcome {
        var provenAt: ContinuousClock.Instant
        /// Links and peers that were lost, and events that were missed.
        var losses: Int
    }

    /// What each node goes through until it is well after it was not.
    private static func outcomes(of streams: [ClusterEvents]) async -> [Outcome] {
        await withTaskGroup(of: Outcome.self) { group in
            for stream in streams {
                group.addTask {
                    var (losses, wasImpaired) = (0, false)
                    for await event in stream {
                        switch event {
                        case .strategyChanged(_, let condition):
                            if condition.state == .impaired { wasImpaired = true }
                            if condition.state == .active, wasImpaired {
                                return Outcome(provenAt: .now, losses: losses)
                            }
                        case .peerDisconnected, .peerForgotten, .peerUnvouched, .missed: losses += 1
                        default: continue
                        }
                    }
                    return Outcome(provenAt: .now, losses: losses + 1)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    // MARK: The distribution

    /// The largest number of values in any window of the given width.
    private static func most(_ values: [Double], within width: Double) -> Int {
        let sorted = values.sorted()
        var (most, first) = (0, 0)
        for index in sorted.indices {
            while sorted[index] - sorted[first] > width { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    private static func histogram(_ values: [Double], bucket: Double) -> [String] {
        guard let least = values.min(), let most = values.max() else { return [] }
        // A node may be back before the one who waits for the server's start has heard of it.
        let range = Int((least / bucket).rounded(.down))...Int((most / bucket).rounded(.down))
        return range.map { index in
            let low = Double(index) * bucket
            let count = values.count { $0 >= low && $0 < low + bucket }
            let label = "\(low.rounded(to: 2))"
            return String(repeating: " ", count: max(0, 6 - label.count)) + "\(label) s "
                + String(repeating: "#", count: count) + " \(count)"
        }
    }
}
