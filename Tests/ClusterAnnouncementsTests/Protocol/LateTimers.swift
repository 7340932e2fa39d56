import Testing

/// Runs each test of a suite once for each lateness of timers: none fires in time, by microseconds on a machine at rest
/// and by tens of milliseconds on a busy one.
struct LateTimers: SuiteTrait, TestTrait, TestScoping {
    static let all: [Duration] = [.microseconds(1), .milliseconds(1), .milliseconds(50)]

    /// By how much the timers of the test that runs are late.
    @TaskLocal static var lateness = Duration.microseconds(1)

    var isRecursive: Bool { true }

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        for lateness in Self.all {
            try await Self.$lateness.withValue(lateness) { try await function() }
        }
    }
}

extension Trait where Self == LateTimers {
    /// Each test runs with timers of each lateness.
    static var lateTimers: Self { LateTimers() }
}
