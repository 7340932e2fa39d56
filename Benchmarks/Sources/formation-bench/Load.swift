internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterAnnouncements
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import Foundation
internal import PostgresTesting

/// What a cluster costs its server: a fixed heartbeat beside the bounded rate, with real sessions.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the server's CPU time and notifications under n real sessions, fixed beside bounded."
    )

    @Option(parsing: .upToNextOption, help: "The numbers of nodes.")
    var sizes = [10, 50, 100, 200, 400]

    @Option(help: "How long to watch each, in seconds.")
    var seconds = 30

    @Option(help: "A folder for the results: a table as comma-separated values, and the plots.")
    var output: String?

    func run() async throws {
        let folder = try self.output.map(ResultsFolder.init)
        var rows: [Row] = []
        print(
            "  n   mode     server CPU s/min   notifications/s   deliveries/s   first 10 s   join ms   all know all s"
        )
        for size in self.sizes {
            for mode in Mode.allCases {
                let row = try await self.measure(size, mode)
                print(row.line)
                // A run takes minutes; its rows are to be seen as they come, in a file too.
                fflush(nil)
                rows.append(row)
            }
        }
        guard let folder else { return }
        let table = ([Row.header] + rows.map(\.values)).joined(separator: "\n") + "\n"
        try folder.write(table, as: "server-load.csv")
        let plots = [
            ("server-cpu.svg", self.plot("CPU time of the server", "seconds a minute", rows, \.cpuPerMinute)),
            (
                "server-deliveries.svg",
                self.plot("Deliveries", "notifications times listeners, a second", rows, \.deliveryRate)
            ),
        ]
        for (name, plot) in plots {
            try folder.write(plot.svg, as: name)
        }
    }

    private func plot(_ title: String, _ unit: String, _ rows: [Row], _ value: KeyPath<Row, Double>) -> LinePlot {
        LinePlot(
            title: "\(title), by the number of nodes",
            xLabel: "nodes, each with a session of its own",
            yLabel: unit,
            note: "PostgreSQL 15, 2 cores, nodes and server on one machine; \(self.seconds) s at rest each",
            series: zip(Mode.allCases, ["#c0392b", "#2471a3"]).map { mode, color in
                LinePlot.Series(
                    name: mode.title,
                    color: color,
                    points: rows.filter { $0.mode == mode }.map { (Double($0.size), $0[keyPath: value]) }
                )
            }
        )
    }

    enum Mode: String, CaseIterable {
        /// Every node announces itself every 5 s, whatever the cluster's size.
        case fixed
        /// The default: 1,000 deliveries a second for the whole cluster.
        case bounded

        var title: String { self == .fixed ? "every 5 s" : "bounded, the default" }

        var configuration: PostgresNotifyStrategy.Configuration {
            var announcements = AnnouncementConfiguration()
            if self == .fixed { announcements.maximumDeliveryRate = 1_000_000 }
            return .init(announcements: announcements)
        }
    }

    struct Row {
        var size: Int
        var mode: Mode
        var cpuPerMinute: Double
        var notificationRate: Double
        var firstTenSeconds: Int
        var join: Double
        var convergence: Double

        static let header =
            "nodes,mode,server_cpu_s_per_min,notifications_per_s,deliveries_per_s,first_10_s,join_ms,converged_s"

        var deliveryRate: Double { self.notificationRate * Double(self.size) }

        var values: String {
            "\(self.size),\(self.mode.rawValue),\(self.cpuPerMinute.rounded(to: 3)),\(self.notificationRate.rounded(to: 2)),"
                + "\(self.deliveryRate.rounded(to: 0)),\(self.firstTenSeconds),\(self.join.rounded(to: 1)),"
                + "\(self.convergence.rounded(to: 2))"
        }

        var line: String {
            [
                (4, "\(self.size)"), (9, self.mode.rawValue), (18, self.cpuPerMinute.rounded(to: 2)),
                (18, self.notificationRate.rounded(to: 1)), (15, self.deliveryRate.rounded(to: 0)),
                (13, "\(self.firstTenSeconds)"), (10, self.join.rounded(to: 1)), (17, self.convergence.rounded(to: 1)),
            ].map { String(repeating: " ", count: max(1, $0 - $1.count)) + $1 }.joined()
        }
    }

    private func measure(_ size: Int, _ mode: Mode) async throws -> Row {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = size + 20
        return try await TemporaryPostgres.withServer(configuration) { server in
            let connection = server.connectionString()
            let nodes = try (0..<size).map {
                try BenchmarkNode(number: $0 + 1, connection: connection, configuration: mode.configuration)
            }
            let counter = try await NotificationCounter(connection)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await counter.run() }
                let start = ContinuousClock.now
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
                let convergence = start.duration(to: .now) / .seconds(1)
                try await Task.sleep(until: start + .seconds(10))
                let firstTenSeconds = counter.count
                // To come to rest: the intervals that were drawn while the cluster was small run out.
                try await Task.sleep(until: start + .seconds(25))
                let before = (cpu: try await server.cpuSeconds(), count: counter.count)
                try await Task.sleep(for: .seconds(self.seconds))
                let after = (cpu: try await server.cpuSeconds(), count: counter.count)
                let join = try await self.join(nodes, connection, mode)
                group.cancelAll()
                return Row(
                    size: size,
                    mode: mode,
                    cpuPerMinute: (after.cpu - before.cpu) * 60 / Double(self.seconds),
                    notificationRate: Double(after.count - before.count) / Double(self.seconds),
                    firstTenSeconds: firstTenSeconds,
                    join: join,
                    convergence: convergence
                )
            }
        }
    }

    /// The median time from a newcomer's LISTEN until all know it.
    private func join(_ nodes: [BenchmarkNode], _ connection: String, _ mode: Mode) async throws -> Double {
        var times: [Double] = []
        for number in 0..<5 {
            let newcomer = try BenchmarkNode(
                number: 100_000 + number,
                connection: connection,
                configuration: mode.configuration
            )
            let events = nodes.map(\.cluster.events)
            let known = await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await newcomer.cluster.run() }
                var last = ContinuousClock.now
                for events in events { last = max(last, await BenchmarkNode.wait(for: newcomer.endpoint, in: events)) }
                group.cancelAll()
                return last
            }
            guard let listening = await newcomer.listening.value else { throw ExitCode.failure }
            times.append(listening.duration(to: known).milliseconds)
        }
        return Statistics(times).median
    }
}

/// Counts what is sent on the benchmark's channel.
final class NotificationCounter: Sendable {
    private let session: PostgresNotifier.Session
    private let tally = Tally()

    init(_ connection: String) async throws {
        self.session = try await PostgresNotifier(connection: connection).openSession(
            NotifierSessionRequest(
                channel: NotifyChannel(cluster: "benchmark").description,
                applicationName: "counter",
                presence: .init(cluster: 0, instance: 0)
            )
        )
    }

    var count: Int { self.tally.value }

    func run() async {
        do {
            for try await _ in self.session.notifications { self.tally.increment() }
        } catch {
            // The measurement has ended, or the server has.
        }
        await self.session.close(farewell: nil, within: .seconds(1))
    }
}
