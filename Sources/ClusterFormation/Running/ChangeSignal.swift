internal import Locking

/// Tells any number of tasks that something has a newer version than the one that they have seen.
final class ChangeSignal: Sendable {
    private struct State {
        var version: UInt64 = 0
        var isFinished = false
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        var lastWaiter: UInt64 = 0

        mutating func takeWaiters() -> [CheckedContinuation<Bool, Never>] {
            defer { self.waiters = [:] }
            return Array(self.waiters.values)
        }
    }

    private let state = Locked(State())

    /// There is a newer version.
    func changed(to version: UInt64) {
        let waiters = self.state.withLock { state -> [CheckedContinuation<Bool, Never>] in
            guard version > state.version, !state.isFinished else { return [] }
            state.version = version
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }

    /// There will be no newer one.
    func finish() {
        let waiters = self.state.withLock { state in
            state.isFinished = true
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume(returning: false) }
    }

    /// Waits for a newer version than that; false when there will be none, or the task is cancelled.
    func change(after version: UInt64) async -> Bool {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = self.state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    // Also the last one, which came before the end.
                    if state.version > version { return true }
                    if state.isFinished { return false }
                    state.waiters[id] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: false)
        }
    }
}
