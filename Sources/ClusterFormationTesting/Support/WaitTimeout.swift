/// What was waited for did not come within the time that the caller gave it.
public struct WaitTimeout: Error, Sendable, CustomStringConvertible {
    /// How long the wait was.
    public var limit: Duration

    /// What was waited for, and how things stood when the time was up.
    public var subject: String

    /// Makes an error.
    public init(limit: Duration, subject: String) {
        self.limit = limit
        self.subject = subject
    }

    /// The subject and the limit.
    public var description: String { "did not come within \(self.limit): \(self.subject)" }
}

/// Runs an operation for a bounded real time; it is cancelled when the time is up, and must heed that.
package func withTimeout<Result: Sendable>(
    _ limit: Duration,
    subject: @escaping @Sendable () -> String,
    operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit, clock: .continuous)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw WaitTimeout(limit: limit, subject: subject())
        }
        return result
    }
}
