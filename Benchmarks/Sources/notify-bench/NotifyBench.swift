internal import BenchmarkSupport
internal import CNotifyLoop
internal import ClusterFormationPostgres
internal import PostgresTesting

/// A session's async sequence beside a plain C libpq loop: a burst, and a round trip.
///
/// `notify-bench [--connection STRING] [--burst COUNT] [--echoes COUNT] [--rounds COUNT]`; without a connection string it
/// starts a PostgreSQL server of its own, and measures each ``Placement`` of the two.
@main
struct NotifyBench {
    private var connection: String?
    private var burst = 100_000
    private var echoes = 20_000
    private var rounds = 7

    static func main() async throws {
        let benchmark = try NotifyBench(CommandLine.arguments.dropFirst())
        if let connection = benchmark.connection {
            try await benchmark.run(on: connection)
        } else {
            try await TemporaryPostgres.withServer { server in
                for placement in Placement.allCases {
                    guard placement.apply(server: server.processID) else {
                        print("Not measured, the system does not place processes: \(placement.rawValue)")
                        continue
                    }
                    print("\(placement.rawValue):")
                    try await benchmark.run(on: server.connectionString())
                }
            }
        }
    }

    private init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else { throw UsageError(option: option) }
            switch (option, Int(value)) {
            case ("--connection", _): self.connection = value
            case ("--burst", let count?) where count > 0: self.burst = count
            case ("--echoes", let count?) where count > 0: self.echoes = count
            case ("--rounds", let count?) where count > 0: self.rounds = count
            default: throw UsageError(option: option)
            }
        }
    }

    private struct UsageError: Error, CustomStringConvertible {
        let option: String
        var description: String { "unknown option or bad value: \(self.option)" }
    }

    private func run(on connection: String) async throws {
        let notifier = try PostgresNotifier(connection: connection)
        try await self.runBurst(connection, notifier)
        try await self.runEcho(connection, notifier)
    }

    /// The contestants take turns, so that a change of the machine's mood meets all of them.
    private func runBurst(_ connection: String, _ notifier: PostgresNotifier) async throws {
        let burst = Burst(connection: connection, count: self.burst)
        // The first one pays for the server's and our own first pages.
        _ = try await burst.runC()
        _ = try await burst.runSession(notifier)
        var baseline: [Burst.Sample] = []
        var pool: [Burst.Sample] = []
        var loop: [Burst.Sample] = []
        for _ in 0..<self.rounds {
            baseline.append(try await burst.runC())
            pool.append(try await burst.runSession(notifier))
            loop.append(
                try await withTaskExecutorPreference(notifier.executor) {
                    try await burst.runSession(notifier)
                }
            )
        }
        print("Burst of \(self.burst) notifications, publishing statement to last one seen; median of \(self.rounds)")
        let reference = Statistics(baseline.map(\.rate)).median
        for (name, samples) in [("C loop", baseline), ("session", pool), ("session, on its executor", loop)] {
            let rate = Statistics(samples.map(\.rate))
            let cpu = Statistics(samples.map(\.cpu))
            print(
                "  \(name): \(rate.median.rounded(to: 0))/s (\(rate.minimum.rounded(to: 0)) to "
                    + "\(rate.maximum.rounded(to: 0))), ratio \((rate.median / reference).rounded(to: 2)), "
                    + "receiver's CPU \(cpu.median.rounded(to: 2)) us each"
            )
        }
    }

    private func runEcho(_ connection: String, _ notifier: PostgresNotifier) async throws {
        let echo = Echo(connection: connection, count: max(1, self.echoes / self.rounds))
        var baseline: [Double] = []
        var pool: [Double] = []
        var loop: [Double] = []
        for _ in 0..<self.rounds {
            baseline += try echo.runC()
            pool += try await echo.runSession(notifier)
            loop += try await withTaskExecutorPreference(notifier.executor) {
                try await echo.runSession(notifier)
            }
        }
        print("Round trip of a notification to oneself, idle server; \(baseline.count) each")
        let reference = Statistics(baseline).median
        for (name, times) in [("C loop", baseline), ("session", pool), ("session, on its executor", loop)] {
            let statistics = Statistics(times)
            print(
                "  \(name): median \(statistics.median.rounded(to: 1)) us, ratio "
                    + "\((statistics.median / reference).rounded(to: 2)), "
                    + "99 % within \(statistics.percentile(0.99).rounded(to: 1)) us"
            )
        }
    }
}
