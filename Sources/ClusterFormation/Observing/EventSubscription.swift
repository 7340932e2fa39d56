internal import Locking

/// One subscriber's buffer.
final class EventSubscription: Sendable {
    private struct State {
        var buffer: [ClusterEvent] = []
        var head = 0
        var missed = 0
        var isFinished = false
        var waiters: [UInt64: CheckedContinuation<ClusterEvent?, Never>] = [:]
        var lastWaiter: UInt64 = 0

        mutating func take() -> ClusterEvent? {
            if self.head < self.buffer.count {
                defer {
                    self.head += 1
                    if self.head * 2 > self.buffer.count {
                        self.buffer.removeSubrange(..<self.head)
                        self.head = 0
                    }
                }
                return self.buffer[self.head]
            }
            guard self.missed > 0 else { return nil }
            defer { self.missed = 0 }
            return .missed(self.missed)
        }
    }

    private let limit: Int
    private let state = Locked(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// False if the subscriber misses it.
    func add(_ event: ClusterEvent) -> Bool {
        let (waiter, isMissed) = self.state.withLock { state -> (CheckedContinuation<ClusterEvent?, Never>?, Bool) in
            guard !state.isFinished else { return (nil, false) }
            if let id = state.waiters.keys.min() { return (state.waiters.removeValue(forKey: id), false) }
            // Once something is missing, everything is until the consumer has caught up: the gap is in one place.
            if state.missed == 0, state.buffer.count - state.head < self.limit {
                state.buffer.append(event)
                return (nil, false)
            }
            state.missed += 1
            return (nil, true)
        }
        waiter?.resume(returning: event)
        return !isMissed
    }

    func finish() {
        let waiters = self.state.withLock { state in
            state.isFinished = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    func next() async -> ClusterEvent? {
        let id = self.state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isReady, event) = self.state.withLock { state -> (Bool, ClusterEvent?) in
                    if let event = state.take() { return (true, event) }
                    if state.isFinished || Task.isCancelled { return (true, nil) }
                    state.waiters[id] = continuation
                    return (false, nil)
                }
                if isReady { continuation.resume(returning: event) }
            }
        } onCancel: {
            let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(returning: nil)
        }
    }
}
