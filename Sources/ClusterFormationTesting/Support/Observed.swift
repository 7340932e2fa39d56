internal import ClusterFormation
internal import Locking

/// A value behind a lock, whose changes tasks can wait for.
package final class Observed<Value: Sendable>: Sendable {
    private struct Waiter: Sendable {
        var isSatisfied: @Sendable (Value) -> Bool
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State: Sendable {
        var value: Value
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state: Locked<State>

    package init(_ value: Value) {
        self.state = Locked(State(value: value))
    }

    package var value: Value {
        self.state.withLock { $0.value }
    }

    /// Changes the value; whoever waited for what it now is goes on.
    package func update<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        let (result, satisfied) = self.state.withLock { state -> (Result, [CheckedContinuation<Void, any Error>]) in
            let result = body(&state.value)
            if state.waiters.isEmpty { return (result, []) }
            let value = state.value
            let ids = state.waiters.filter { $0.value.isSatisfied(value) }.keys.sorted()
            return (result, ids.compactMap { state.waiters.removeValue(forKey: $0)?.continuation })
        }
        for continuation in satisfied { continuation.resume() }
        return result
    }

    /// Waits until the value satisfies a condition; it has satisfied it once when this returns.
    ///
    /// - Throws: `CancellationError`.
    package func wait(until isSatisfied: @escaping @Sendable (Value) -> Bool) async throws {
        let id = self.state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = self.state.withLock { state in
                    if isSatisfied(state.value) { return .success(()) }
                    // The handler below may have run already, and found nothing to cancel.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = Waiter(isSatisfied: isSatisfied, continuation: continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until the value satisfies a condition, in a cancelled task too: for clean-up.
    package func waitUncancelled(until isSatisfied: @escaping @Sendable (Value) -> Bool) async {
        let _: Void? = try? await withCheckedThrowingContinuation { continuation in
            let isSatisfiedNow = self.state.withLock { state in
                if isSatisfied(state.value) { return true }
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = Waiter(isSatisfied: isSatisfied, continuation: continuation)
                return false
            }
            if isSatisfiedNow { continuation.resume() }
        }
    }

    /// Waits until the value satisfies a condition, for a bounded real time.
    ///
    /// - Throws: ``WaitTimeout`` when the time is up, `CancellationError` when the task is cancelled.
    package func wait(
        within limit: Duration,
        for what: @escaping @Sendable (Value) -> String,
        until isSatisfied: @escaping @Sendable (Value) -> Bool
    ) async throws {
        try await withTimeout(limit) {
            "\(what(self.value))"
        } operation: {
            try await self.wait(until: isSatisfied)
        }
    }
}
