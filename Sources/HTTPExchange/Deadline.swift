package import ClusterFormation

/// Does something until a moment at the latest: it is cancelled then, and must heed that.
///
/// - Throws: ``HTTPFailure`` of the kind `overdue` when the moment has come first, and what the operation throws.
package func withDeadline<Result: Sendable>(
    _ deadline: Instant,
    by clock: ClusterClock,
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await clock.sleep(until: deadline)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else {
            throw HTTPFailure(.overdue, "The answer took too long.")
        }
        return result
    }
}
