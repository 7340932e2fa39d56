import UnixSignals

/// Does something until it is done, or somebody asks the program to end; what it was doing is cancelled then, and awaited.
///
/// - Returns: Whether somebody has.
func runUntilInterrupted(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup) { return true }
            return false
        }
        group.addTask {
            try await body()
            return false
        }
        defer { group.cancelAll() }
        return try await group.next() ?? false
    }
}
