import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite struct PollingStrategyTests {
    private struct Refused: Error {}

    /// A list that can be asked for, and made to fail or hang.
    private struct Registry: Sendable {
        var nodes: [Node] = []
        var isBroken = false
        var lookups = 0
        var running = 0
        var mostRunning = 0
    }

    private let registry = Observed(Registry())
    private let clock = ManualClock()

    private func strategy() throws -> PollingStrategy {
        let registry = self.registry
        var configuration = PollingConfiguration()
        // The clock may be turned before the look-up's task has run.
        configuration.timeout = .seconds(3_600)
        return try PollingStrategy(name: "registry", configuration: configuration) {
            try registry.update { registry -> Result<[Node], Refused> in
                registry.lookups += 1
                return registry.isBroken ? .failure(Refused()) : .success(registry.nodes)
            }.get()
        }
    }

    /// Turns the clock until something holds.
    private func turn(_ stage: StrategyStage, until isSatisfied: @Sendable (Said) -> Bool) async throws {
        for _ in 0..<1_000 where !isSatisfied(stage.said.value) {
            try await self.clock.waitForSleepers(count: 1)
            self.clock.advance(by: .seconds(1))
            await Task.yield()
        }
        try #require(isSatisfied(stage.said.value))
    }

    @Test("What is listed is found, and lost when it was missing for long enough")
    func finds() async throws {
        let (one, two) = (try peer(1), try peer(2))
        self.registry.update { $0.nodes = [one, two] }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy()) {
            try await stage.wait(for: "both") { $0.known.count == 2 }
            self.registry.update { $0.nodes = [two] }
            try await self.turn(stage) { $0.known.count == 1 }
            #expect(self.registry.value.lookups >= 4)
        }
        #expect(stage.said.value.conditions == [.active, .stopped])
    }

    @Test("A failure is a condition and loses nobody; what works again is active again")
    func failure() async throws {
        let one = try peer(1)
        self.registry.update { $0.nodes = [one] }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy()) {
            try await stage.wait(for: "it") { $0.known.count == 1 }
            self.registry.update { $0.isBroken = true }
            try await self.turn(stage) { $0.condition?.code == "lookup_failed" }
            for _ in 0..<300 {
                try await self.clock.waitForSleepers(count: 1)
                self.clock.advance(by: .seconds(1))
            }
            self.registry.update { $0.isBroken = false }
            try await self.turn(stage) { $0.condition == .active }
        }
        #expect(stage.said.value.known.count == 1)
        #expect(stage.said.value.losses.isEmpty)
    }

    @Test("A look-up that takes too long is cancelled at its deadline")
    func deadline() async throws {
        let registry = self.registry
        let strategy = try PollingStrategy(name: "registry") {
            registry.update { $0.lookups += 1 }
            try await registry.wait { $0.isBroken }
            return []
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(strategy) {
            try await registry.wait { $0.lookups == 1 }
            try await self.clock.waitForSleepers(count: 1)
            self.clock.advance(by: .seconds(5))
            try await stage.wait(for: "the deadline") { $0.condition?.code == "timeout" }
            try await self.clock.waitForSleepers(count: 1)
            self.clock.advance(by: .seconds(2))
            try await registry.wait { $0.lookups == 2 }
        }
        #expect(stage.said.value.condition == .stopped)
    }

    /// A look-up that hears of no cancellation.
    private func heedless() throws -> PollingStrategy {
        let registry = self.registry
        return try PollingStrategy(name: "registry") {
            registry.update {
                $0.lookups += 1
                $0.running += 1
                $0.mostRunning = max($0.mostRunning, $0.running)
            }
            await registry.waitUncancelled { $0.isBroken }
            registry.update { $0.running -= 1 }
            return []
        }
    }

    @Test("Look-ups that ignore their cancellation do not pile up")
    func noPile() async throws {
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.heedless()) {
            try await self.registry.wait { $0.lookups == 1 }
            try await self.clock.waitForSleepers(count: 1)
            self.clock.advance(by: .seconds(5))
            try await stage.wait(for: "the deadline") { $0.condition?.code == "timeout" }
            try await self.clock.waitForSleepers(count: 1)
            self.clock.advance(by: .seconds(100))
            self.registry.update { $0.isBroken = true }
            try await self.registry.wait { $0.lookups >= 2 }
        }
        #expect(self.registry.value.mostRunning == 1)
    }

    @Test("A look-up that ignores its cancellation holds the end up for a second and no longer")
    func endWithStray() async throws {
        let stage = try StrategyStage(clock: self.clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let strategy = try self.heedless()
            group.addTask {
                try await strategy.run(in: stage.context)
                stage.said.update { $0.hasReturned = true }
            }
            try await self.registry.wait { $0.lookups == 1 }
            try await self.clock.waitForSleepers(count: 1)
            group.cancelAll()
            // The deadline's sleeper goes, that of the grace comes.
            while self.clock.nextDeadline?.sinceStart != .seconds(1) { await Task.yield() }
            #expect(!stage.said.value.hasReturned)
            self.clock.advance(by: .seconds(1))
            try await stage.wait(for: "the end") { $0.hasReturned }
        }
        #expect(self.registry.value.running == 1)
        self.registry.update { $0.isBroken = true }
        try await self.registry.wait { $0.running == 0 }
    }

    @Test("A look-up that is hurried is made at once")
    func hurry() async throws {
        let (registry, hurry) = (self.registry, WakeSignal())
        let strategy = try PollingStrategy(name: "registry", configuration: PollingConfiguration(), hurry: hurry) { _ in
            registry.update { $0.lookups += 1 }
            return Lookup(.whole([]), timeToLive: .seconds(20))
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(strategy) {
            try await registry.wait { $0.lookups == 1 }
            hurry.wake()
            try await registry.wait { $0.lookups == 2 }
        }
        #expect(self.clock.now.sinceStart == .zero)
    }

    @Test("What can't work is refused by the initialiser")
    func configuration() throws {
        let flaws: [(inout PollingConfiguration) -> Void] = [
            { $0.interval = .zero }, { $0.interval = .seconds(100_000) }, { $0.timeout = .zero },
            { $0.longestWait = .seconds(-1) }, { $0.emptyAnswers = 0 }, { $0.removalGrace = .answers(0) },
            { $0.removalGrace = .duration(.seconds(-1)) },
        ]
        for flaw in flaws {
            var configuration = PollingConfiguration()
            flaw(&configuration)
            let error = #expect(throws: ClusterError.self) {
                try PollingStrategy(name: "registry", configuration: configuration) { [] }
            }
            #expect(error?.code == .invalidConfiguration)
        }
        for name in ["", "a\nb", String(repeating: "x", count: 65)] {
            #expect(throws: ClusterError.self) { try PollingStrategy(name: name) { [] } }
        }
    }

    @Test("It keeps the contract, when its look-up fails, too")
    func conformance() async throws {
        let one = try peer(1)
        self.registry.update { $0.nodes = [one] }
        let registry = self.registry
        var configuration = PollingConfiguration()
        configuration.interval = .milliseconds(20)
        var conformance = StrategyConformance { [configuration] in
            registry.update { $0.isBroken = false }
            return try PollingStrategy(name: "registry", configuration: configuration) {
                if registry.value.isBroken { throw Refused() }
                return registry.value.nodes
            }
        }
        conformance.expectedPeers = [one.endpoint]
        conformance.breakMechanism = { registry.update { $0.isBroken = true } }
        try await conformance.verify()
    }
}
