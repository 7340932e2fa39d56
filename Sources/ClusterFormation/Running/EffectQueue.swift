internal import Locking

/// What is to be done outside the lock, in the order in which it was decided; for one consumer.
///
/// Unlike an `AsyncStream` it goes on in a cancelled task, since links are still to be closed then.
final class EffectQueue<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
        var waiter: CheckedContinuation<[Element]?, Never>?
    }

    private let state = Locked(State())

    /// False when it comes after the end, and nobody will take it.
    func append(_ elements: [Element]) -> Bool {
        guard !elements.isEmpty else { return true }
        return self.state.withLock { state in
            guard !state.isFinished else { return false }
            state.elements += elements
            Self.deliver(&state)
            return true
        }
    }

    func finish() {
        self.state.withLock { state in
            state.isFinished = true
            Self.deliver(&state)
        }
    }

    /// Everything that has come since the last call; nil after the end.
    func next() async -> [Element]? {
        await withCheckedContinuation { continuation in
            self.state.withLock { state in
                state.waiter = continuation
                Self.deliver(&state)
            }
        }
    }

    /// Resuming only schedules the waiting task, so it may happen under the lock, and keeps the order.
    private static func deliver(_ state: inout State) {
        guard let waiter = state.waiter, !state.elements.isEmpty || state.isFinished else { return }
        state.waiter = nil
        waiter.resume(returning: state.elements.isEmpty ? nil : state.elements)
        state.elements = []
    }
}
