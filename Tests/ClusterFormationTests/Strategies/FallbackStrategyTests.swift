import ClusterFormationTesting
import Logging
import Testing

@testable import ClusterFormation

@Suite(.timeLimit(.minutes(1))) struct FallbackStrategyTests {
    /// A strategy that says what the test lets it say.
    private struct Spoken: ClusterStrategy {
        struct Run: Sendable {
            var context: StrategyContext?
            var runs = 0
            var ends = 0
            var isToFail = false
        }

        struct Failure: Error {}

        var name: String
        let run = Observed(Run())

        func run(in context: StrategyContext) async throws {
            self.run.update { run in
                run.context = context
                run.runs += 1
                run.isToFail = false
            }
            defer { self.run.update { $0.ends += 1 } }
            try? await self.run.wait { $0.isToFail }
            if !Task.isCancelled { throw Failure() }
        }

        /// Waits for a run and reports in it.
        func report(_ body: (Discovery) -> Void) async throws {
            try await self.wait { $0.runs > $0.ends }
            if let context = self.run.value.context { body(context.discovery) }
        }

        func wait(until isSatisfied: @escaping @Sendable (Run) -> Bool) async throws {
            try await self.run.wait(within: .seconds(30)) { _ in
                "the run"
            } until: {
                isSatisfied($0)
            }
        }
    }

    private let clock = ManualClock()
    private let first = Spoken(name: "first")
    private let second = Spoken(name: "second")

    /// Runs a cluster until the body is done.
    private func running(
        _ strategy: some ClusterStrategy,
        _ body: (Cluster) async throws -> Void
    ) async throws {
        let cluster = try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7000),
            strategy: strategy,
            connector: RecordingConnector(),
            clock: self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let running = Task { try await cluster.run() }
        defer { running.cancel() }
        try await body(cluster)
        running.cancel()
        try await running.value
    }

    /// Waits for an event after which the status is as it should be.
    private func wait(_ cluster: Cluster, until isSatisfied: @escaping @Sendable (ClusterStatus) -> Bool) async throws {
        let events = cluster.events
        try await withTimeout(.seconds(30)) {
            "the status; it is \(cluster.status)"
        } operation: {
            if isSatisfied(cluster.status) { return }
            for await _ in events where isSatisfied(cluster.status) { return }
        }
    }

    private static func condition(_ name: String, in status: ClusterStatus) -> StrategyCondition? {
        status.strategies.first { $0.name == name }?.condition
    }

    /// Turns the clock until the second strategy has been run so many times.
    private func turn(until runs: Int) async throws {
        for _ in 0..<1_000 where self.second.run.value.runs < runs {
            self.clock.advance(by: .seconds(1))
            // Whoever was woken needs a moment to get on.
            try? await self.second.run.wait(within: .milliseconds(5)) { _ in
                "a run"
            } until: {
                $0.runs >= runs
            }
        }
        try await self.second.wait { $0.runs == runs }
    }

    private func turn(to seconds: Int) { self.clock.advance(to: .init(sinceStart: .seconds(seconds))) }

    @Test("The second strategy runs while the first does not work, and what each says is kept apart")
    func fallsBack() async throws {
        let (one, two) = (try peer(1), try peer(2))
        let strategy = try FallbackStrategy(self.first, self.second, after: .seconds(30))
        try await self.running(strategy) { cluster in
            try await self.first.report { $0.replaceAll(with: [one]) }
            try await self.wait(cluster) { $0.strategies.map(\.condition.state) == [.active, .stopped] }
            #expect(Self.condition("second", in: cluster.status)?.message == "It stands by for first.")
            #expect(self.second.run.value.runs == 0)
            #expect(cluster.readiness() == Readiness(isReady: true, reasons: []))

            try await self.first.report { $0.report(.impaired(code: "gone", message: "It is gone.")) }
            self.turn(to: 30)
            try await self.second.report { discovery in
                discovery.replaceAll(with: [one, two])
                discovery.report(.active)
            }
            try await self.wait(cluster) { $0.peers.count == 2 }
            let status = cluster.status
            #expect(status.strategies.map(\.name) == ["first", "second"])
            #expect(Self.condition("first", in: status)?.code == "gone")
            #expect(Self.condition("second", in: status) == .active)
            #expect(status.peers.map(\.strategies) == [["first", "second"], ["second"]])

            try await self.first.report { $0.report(.active) }
            self.turn(to: 60)
            try await self.second.wait { $0.ends == 1 }
            try await self.wait(cluster) { Self.condition("second", in: $0)?.state == .stopped }
            try await self.wait(cluster) { $0.peers.first?.strategies == ["first"] }
            #expect(cluster.status.peers.filter { !$0.strategies.isEmpty }.map(\.node) == [one])
        }
        #expect(self.second.run.value.runs == 1)
    }

    @Test("A first strategy that throws is one that does not work, and a second one that throws is run again")
    func failures() async throws {
        let strategy = try FallbackStrategy(self.first, self.second, after: .seconds(30))
        try await self.running(strategy) { cluster in
            try await self.first.report { $0.report(.active) }
            try await self.wait(cluster) { Self.condition("first", in: $0) == .active }
            self.first.run.update { $0.isToFail = true }
            try await self.wait(cluster) { Self.condition("first", in: $0)?.state == .impaired }
            try await self.turn(until: 1)
            self.second.run.update { $0.isToFail = true }
            try await self.wait(cluster) { Self.condition("second", in: $0)?.state == .impaired }
            try await self.turn(until: 2)
        }
    }

    @Test("A fallback of fallbacks is run in its parts")
    func nested() async throws {
        let third = Spoken(name: "third")
        let inner = try FallbackStrategy(self.first, self.second, after: .seconds(30))
        let outer = try FallbackStrategy(inner, third, after: .seconds(100))
        try await self.running(outer) { cluster in
            #expect(cluster.status.strategies.map(\.name) == ["first", "second", "third"])
            try await self.wait(cluster) { $0.strategies.map(\.condition.state) == [.starting, .stopped, .stopped] }
            self.turn(to: 30)
            try await self.second.wait { $0.runs == 1 }
            #expect(third.run.value.runs == 0)
            self.turn(to: 100)
            try await third.wait { $0.runs == 1 }
        }
    }

    @Test("What can't work is refused by the initialiser")
    func configuration() {
        for delay in [Duration.seconds(-1), .seconds(100_000)] {
            #expect(throws: ClusterError.self) {
                try FallbackStrategy([] as StaticStrategy, [] as StaticStrategy, after: delay)
            }
        }
    }

    @Test("It keeps the contract where it is run by itself, whichever of the two finds the peers")
    func conformance() async throws {
        let one = try peer(1)
        for isFirst in [true, false] {
            var conformance = StrategyConformance {
                let found = StaticStrategy([one])
                let silent = Spoken(name: "silent")
                return isFirst
                    ? try FallbackStrategy(found, silent, after: .zero)
                    : try FallbackStrategy(silent, found, after: .zero)
            }
            conformance.expectedPeers = [one.endpoint]
            conformance.watchTime = .milliseconds(20)
            try await conformance.verify()
        }
    }
}
