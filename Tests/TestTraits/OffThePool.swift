package import Testing

/// Keeps tests off the threads that all others share.
package struct OffThePool: SuiteTrait, TestTrait, TestScoping {
    let threads: TestThreads

    package var isRecursive: Bool { true }

    @concurrent package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(self.threads) { try await function() }
    }
}

extension Trait where Self == OffThePool {
    /// The tests compute for long: one after the other, on a thread of their own.
    package static var computing: Self { Self(threads: .computing) }

    /// The tests block: each on a thread of its own.
    package static var blocking: Self { Self(threads: .blocking) }
}
