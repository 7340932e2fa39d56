import ArgumentParser
import Foundation
import PostgresTesting

/// How soon processes of their own are linked: what a user of a service sees, with the start of its processes in it.
struct Times: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how soon processes find each other and are linked over TCP.",
        discussion: """
            For each size: so many processes started at once, one more that joins them, and all sessions ended once, \
            each several times, on a PostgreSQL server of its own. A release build is what counts: Scripts/benchmarks makes one.
            """,
        shouldDisplay: false
    )

    @Option(parsing: .upToNextOption, help: "How many processes.")
    var sizes = [5, 10, 20]

    @Option(help: "How often each is measured.")
    var rounds = 11

    func validate() throws {
        guard !self.sizes.isEmpty, self.sizes.allSatisfy({ (2...50).contains($0) }) else {
            throw ValidationError("--sizes must be 2 to 50.")
        }
        guard (1...1_000).contains(self.rounds) else { throw ValidationError("--rounds must be 1 to 1000.") }
    }

    func run() async throws {
        let isInterrupted = try await runUntilInterrupted {
            try await self.measure()
        }
        if isInterrupted { throw ExitCode(130) }
    }

    private func measure() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = 120
        try await TemporaryPostgres.withServer(configuration) { server in
            print("median (worst) of \(self.rounds) in ms; \(Stage.build) build")
            for size in self.sizes {
                var measured = TimesRun.Result()
                for _ in 0..<self.rounds { try await TimesRun.measure(size, on: server, into: &measured) }
                print("\(size) processes")
                for (what, times) in measured.rows { print("  \(what): \(Self.text(times))") }
            }
        }
    }

    private static func text(_ times: [Double]) -> String {
        let sorted = times.sorted()
        guard let worst = sorted.last else { return "-" }
        return String(format: "%.1f (%.1f)", sorted[sorted.count / 2] * 1_000, worst * 1_000)
    }
}
