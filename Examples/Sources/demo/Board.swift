import Synchronization

/// What is known of all processes; whoever waits for something looks again at each change.
final class Board: Sendable {
    typealias Views = [String: NodeView]

    private struct State {
        var views: Views = [:]
        var version = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0
    }

    private let state = Mutex(State())

    var views: Views { self.state.withLock { $0.views } }

    func update(_ body: (inout Views) -> Void) {
        let waiters = self.state.withLock { state in
            body(&state.views)
            state.version += 1
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until a condition holds; false when it does not within the limit.
    ///
    /// - Throws: `CancellationError` when the demonstration is interrupted.
    func wait(
        within limit: Duration,
        until condition: @escaping @Sendable (Views) -> Bool,
        onChange: @escaping @Sendable (Views) -> Void = { _ in }
    ) async throws -> Bool {
        let isReached = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                while true {
                    let (views, version) = self.state.withLock { ($0.views, $0.version) }
                    onChange(views)
                    if condition(views) { return true }
                    await self.change(after: version)
                    if Task.isCancelled { return false }
                }
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        try Task.checkCancellation()
        return isReached
    }

    private func change(after version: Int) async {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = self.state.withLock { state in
                    if state.version != version || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
