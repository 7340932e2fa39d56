import ArgumentParser
import Foundation
import PostgresTesting

/// How soon each strategy finds a process that has started, and misses one that was killed.
struct Strategies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how soon each strategy finds a started process, and misses a killed one.",
        discussion: """
            So many processes find each other by one strategy, and connect to nobody; one more is started, until all know it \
            and it knows all, and killed with SIGKILL, until all have forgotten it; several times. What reads a list from \
            elsewhere (a file, DNS) is told by this program, which changes the list at the same moments. A release build \
            is what counts.
            """,
        shouldDisplay: false
    )

    @Option(parsing: .upToNextOption, help: "Which strategies.")
    var strategies = StrategyUnderTest.allCases

    @Option(parsing: .upToNextOption, help: "How many processes.")
    var sizes = [10]

    @Option(help: "How often each is measured.")
    var rounds = 5

    func validate() throws {
        guard !self.sizes.isEmpty, self.sizes.allSatisfy({ (2...200).contains($0) }) else {
            throw ValidationError("--sizes must be 2 to 200.")
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
        configuration.maxConnections = (self.sizes.max() ?? 0) * 2 + 30
        try await TemporaryPostgres.withServer(configuration) { server in
            print("median (worst) of \(self.rounds) in ms; \(Stage.build) build")
            for size in self.sizes {
                for strategy in self.strategies {
                    do {
                        let times = try await StrategyRun.measure(strategy, size, rounds: self.rounds, on: server)
                        print(
                            "\(size) processes, \(strategy.rawValue): found \(Self.text(times.found)), "
                                + "missed \(Self.text(times.missed))"
                        )
                    } catch let failure as Stage.Failure {
                        print("\(size) processes, \(strategy.rawValue): \(failure)")
                    }
                    // It goes on for minutes, and often into a file.
                    fflush(nil)
                }
            }
        }
    }

    private static func text(_ times: [Double]) -> String {
        let sorted = times.sorted()
        guard let worst = sorted.last else { return "-" }
        return String(format: "%.0f (%.0f)", sorted[sorted.count / 2] * 1_000, worst * 1_000)
    }
}

enum StrategyUnderTest: String, CaseIterable, ExpressibleByArgument {
    case local, postgres, table, multicast, file, dns
}
