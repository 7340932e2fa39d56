internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import Foundation
internal import PostgresTesting

/// What a cluster on a table costs its server, beside the same cluster on notifications.
struct TableLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the server's CPU time and WAL under n nodes on a table, beside n on notifications."
    )

    @Option(parsing: .upToNextOption, help: "The numbers of nodes.")
    var sizes = [30]

    @Option(help: "How long to watch each, in seconds.")
    var seconds = 60

    @Option(help: "How many newcomers to measure.")
    var joins = 5

    enum Way: String, CaseIterable {
        case notifications
        case table

        func node(_ number: Int, _ connection: String) throws -> BenchmarkNode {
            switch self {
            case .notifications: try BenchmarkNode(number: number, connection: connection)
            case .table:
                try BenchmarkNode(number: number, strategy: PostgresTableStrategy(connection: connection))
            }
        }
    }

    func run() async throws {
        print("  n   way             server CPU ms/min   WAL kB/min   knows all ms   known to all ms (median, worst)")
        for size in self.sizes {
            for way in Way.allCases {
                print(try await self.measure(size, way))
                // A run takes minutes; its rows are to be seen as they come, in a file too.
                fflush(nil)
            }
        }
    }

    private func measure(_ size: Int, _ way: Way) async throws -> String {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = size + 20
        return try await TemporaryPostgres.withServer(configuration) { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            let connection = server.connectionString()
            let nodes = try (0..<size).map { try way.node($0 + 1, connection) }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                let events = nodes.map(\.cluster.events)
                for (index, node) in nodes.enumerated() {
                    group.addTask {
                        // Spread over one second, as a deployment does it.
                        try await Task.sleep(for: .seconds(1) * index / size)
                        try await node.cluster.run()
                    }
                }
                for (node, events) in zip(nodes, events) {
                    _ = await BenchmarkNode.wait(forPeers: size - 1, in: events, of: node.cluster)
                }
                // A measurement is of time passing, so it lets time pass: first to come to rest, then to watch.
                try await Task.sleep(for: .seconds(15))
                let before = (cpu: try await server.cpuSeconds(), wal: try await Self.writtenBytes(server))
                try await Task.sleep(for: .seconds(self.seconds))
                let after = (cpu: try await server.cpuSeconds(), wal: try await Self.writtenBytes(server))
                let (own, others) = try await self.join(nodes, connection, way)
                group.cancelAll()
                let perMinute = 60 / Double(self.seconds)
                return [
                    (4, "\(size)"), (16, way.rawValue),
                    (17, ((after.cpu - before.cpu) * 1_000 * perMinute).rounded(to: 0)),
                    (13, ((after.wal - before.wal) / 1_000 * perMinute).rounded(to: 1)),
                    (15, Statistics(own).median.rounded(to: 1)),
                    (18, Statistics(others).median.rounded(to: 1)), (12, (others.max() ?? 0).rounded(to: 1)),
                ].map { String(repeating: " ", count: max(1, $0 - $1.count)) + $1 }.joined()
            }
        }
    }

    private static func writtenBytes(_ server: TemporaryPostgres) async throws -> Double {
        Double(try await server.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")) ?? 0
    }

    /// From a newcomer's start: until it knows all, and until all know it, in milliseconds.
    private func join(
        _ nodes: [BenchmarkNode],
        _ connection: String,
        _ way: Way
    ) async throws -> (own: [Double], others: [Double]) {
        var times: (own: [Double], others: [Double]) = ([], [])
        for number in 0..<self.joins {
            let newcomer = try way.node(100_000 + number, connection)
            let events = nodes.map(\.cluster.events)
            let own = newcomer.cluster.events
            try await withThrowingTaskGroup(of: Void.self) { group in
                let start = ContinuousClock.now
                group.addTask { try await newcomer.cluster.run() }
                let knowsAll = await BenchmarkNode.wait(forPeers: nodes.count, in: own, of: newcomer.cluster)
                var last = start
                for events in events { last = max(last, await BenchmarkNode.wait(for: newcomer.endpoint, in: events)) }
                times.own.append(start.duration(to: knowsAll).milliseconds)
                times.others.append(start.duration(to: last).milliseconds)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        return times
    }
}
