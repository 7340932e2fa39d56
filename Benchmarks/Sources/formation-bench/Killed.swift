internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import Foundation
internal import PostgresTesting

/// How long it takes until all nodes of a large cluster know that one was killed, with no help from any link.
struct Killed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills one node of many and measures when each of the others knows it."
    )

    @Option(help: "How many nodes there are besides the one that is killed.")
    var nodes = 200

    @Option(help: "How often a node is started and killed.")
    var rounds = 10

    func run() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = self.nodes + 20
        try await TemporaryPostgres.withServer(configuration) { server in
            let connection = server.connectionString()
            let nodes = try (1...self.nodes).map { try BenchmarkNode(number: $0, connection: connection) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in nodes { group.addTask { try await node.cluster.run() } }
                for node in nodes {
                    try await node.cluster.waitForPeers(atLeast: self.nodes - 1, within: .seconds(300))
                }
                // To come to rest: the intervals that were drawn while the cluster was small run out.
                try await Task.sleep(for: .seconds(20))
                try await self.measure(nodes, connection: connection)
                group.cancelAll()
            }
        }
    }

    private func measure(_ nodes: [BenchmarkNode], connection: String) async throws {
        var (first, median, last): ([Double], [Double], [Double]) = ([], [], [])
        for round in 1...self.rounds {
            let times = try await self.kill(number: 100_000 + round, among: nodes, connection: connection)
            let statistics = Statistics(times)
            first.append(statistics.minimum)
            median.append(statistics.median)
            last.append(statistics.maximum)
        }
        print(
            """
            \(self.nodes) nodes at the default heartbeat of 5 s, \(self.rounds) times one more is killed (SIGKILL)
                                    median of the rounds   worst round
              the first knows it   \(Self.cell(first))
              half of them         \(Self.cell(median))
              all of them          \(Self.cell(last))
            """
        )
        guard Statistics(last).maximum <= 15 else {
            print("Somebody took longer than three heartbeats.")
            throw ExitCode.failure
        }
    }

    private static func cell(_ seconds: [Double]) -> String {
        [Statistics(seconds).median, Statistics(seconds).maximum]
            .map { $0.rounded(to: 2) + " s" }
            .map { String(repeating: " ", count: max(1, 17 - $0.count)) + $0 }
            .joined()
    }

    /// Starts a process, kills it when all know it, and says after how many seconds each node knew.
    private func kill(number: Int, among nodes: [BenchmarkNode], connection: String) async throws -> [Double] {
        let endpoint = try BenchmarkNode(number: number, connection: connection).endpoint
        let arrivals = nodes.map(\.cluster.events)
        let departures = nodes.map(\.cluster.events)
        let process = try IdleNode.start(number: number, connection: connection)
        defer { process.waitUntilExit() }
        for events in arrivals { _ = await BenchmarkNode.wait(for: endpoint, in: events) }
        // A moment of the heartbeat that is another one in each round, and not right after the join.
        try await Task.sleep(for: .seconds(Double.random(in: 6..<11)))
        let killed = ContinuousClock.now
        Foundation.kill(process.processIdentifier, SIGKILL)
        return await withTaskGroup(of: Double.self) { group in
            for events in departures {
                group.addTask {
                    for await event in events {
                        switch event {
                        case .peerUnvouched(let node, _) where node.endpoint == endpoint: break
                        case .peerForgotten(let node, _) where node.endpoint == endpoint: break
                        default: continue
                        }
                        break
                    }
                    return killed.duration(to: .now) / .seconds(1)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
