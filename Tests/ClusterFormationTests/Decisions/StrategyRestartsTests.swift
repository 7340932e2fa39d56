import Testing

@testable import ClusterFormation

@Suite("When a strategy is started again")
struct StrategyRestartsTests {
    /// Always the longest wait that it may draw.
    private struct Highest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    private var restarts = StrategyRestarts(backoff: Backoff(initial: .seconds(1), maximum: .seconds(8)))
    private var dice = Highest()

    private mutating func waits(afterRunsOf durations: [Duration]) -> [Int] {
        durations.map { duration in
            let wait = self.restarts.ended(after: duration, using: &self.dice)
            return Int((wait / .milliseconds(1)).rounded())
        }
    }

    @Test("The wait doubles with each run that ends soon, up to the longest")
    mutating func waitsGrow() {
        #expect(self.waits(afterRunsOf: Array(repeating: .zero, count: 5)) == [1_000, 2_000, 4_000, 8_000, 8_000])
    }

    @Test("A run that held for longer than the longest wait begins the series anew")
    mutating func longRunsForgive() {
        #expect(self.waits(afterRunsOf: [.zero, .zero, .seconds(9), .zero]) == [1_000, 2_000, 1_000, 2_000])
    }

    @Test("A run that held for just the longest wait does not")
    mutating func theBoundItself() {
        #expect(self.waits(afterRunsOf: [.zero, .zero, .seconds(8)]) == [1_000, 2_000, 4_000])
    }
}
