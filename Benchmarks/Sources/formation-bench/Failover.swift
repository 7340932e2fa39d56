internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterFormation
internal import Foundation
internal import PostgresTesting

/// The primary is killed, and the standby is promoted some time later: how soon the nodes are back.
struct Failover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills the primary, promotes the standby after a while, and measures when every node is back."
    )

    @Option(parsing: .upToNextOption, help: "After how many seconds the standby is promoted.")
    var after = [5, 40, 120]

    @Option(help: "How often each is measured.")
    var runs = 1

    @Option(help: "How many nodes there are.")
    var nodes = 3

    func run() async throws {
        for seconds in self.after {
            var times: [Double] = []
            for _ in 0..<self.runs { times.append(try await self.measure(promotionAfter: .seconds(seconds))) }
            let statistics = Statistics(times)
            print(
                "promoted \(seconds) s after the kill: all nodes back after the promotion in \(statistics.median.rounded(to: 2)) s "
                    + "at the median, \(statistics.maximum.rounded(to: 2)) s at most; \(times.count) runs, every link kept"
            )
            fflush(nil)
        }
    }

    /// The seconds from the promotion until the last node has proof of its channel again.
    private func measure(promotionAfter wait: Duration) async throws -> Double {
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let connection =
                    "host=\(primary.socketDirectory),\(standby.socketDirectory) port=\(primary.port),\(standby.port) "
                    + "user=postgres dbname=postgres"
                return try await self.measure(promotionAfter: wait, connection) {
                    try await primary.kill()
                } promote: {
                    try await standby.promote()
                }
            }
        }
    }

    private func measure(
        promotionAfter wait: Duration,
        _ connection: String,
        kill: () async throws -> Void,
        promote: () async throws -> Void
    ) async throws -> Double {
        let nodes = try (1...self.nodes).map { try BenchmarkNode(number: $0, connection: connection) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { try await node.cluster.run() } }
            for node in nodes { try await node.cluster.waitForPeers(atLeast: self.nodes - 1, within: .seconds(60)) }
            let recoveries = nodes.map(\.cluster.events)
            try await kill()
            try await Task.sleep(for: wait)
            try await promote()
            let promoted = ContinuousClock.now
            let recovered = await Faults.last(recoveries) { $0.state == .active }
            guard nodes.allSatisfy({ $0.cluster.status.connectedPeers.count == nodes.count - 1 }) else {
                throw ExitCode.failure
            }
            group.cancelAll()
            return promoted.duration(to: recovered) / .seconds(1)
        }
    }
}
