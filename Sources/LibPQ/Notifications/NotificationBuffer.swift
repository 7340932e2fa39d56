internal import Locking

/// What a channel's listener has not taken yet, between the event loop and the task that iterates.
///
/// It never makes the loop wait: what does not fit pushes the oldest out, and that is counted. The iterator takes all
/// there is in one go.
package final class NotificationBuffer: Sendable {
    package static let defaultByteLimit = 16 << 20

    private enum Ending {
        case finished
        case failed(LibPQError)
    }

    private typealias Waiter = CheckedContinuation<[ReceivedNotification], any Error>

    private struct State {
        var items: [ReceivedNotification] = []
        /// The items before this one were dropped.
        var head = 0
        var byteCount = 0
        var dropped = 0
        var ending: Ending?
        var waiter: Waiter?

        mutating func takeAll() -> [ReceivedNotification] {
            var items: [ReceivedNotification] = []
            swap(&items, &self.items)
            if self.head > 0 { items.removeFirst(self.head) }
            self.head = 0
            self.byteCount = 0
            return items
        }

        mutating func dropOldest(downTo limit: Int) {
            while self.byteCount > limit, self.head < self.items.count {
                self.byteCount -= self.items[self.head].byteCount
                self.items[self.head] = ReceivedNotification(payload: "", processID: 0)
                self.head += 1
                self.dropped += 1
            }
            // Moving the rest costs as much as was dropped since the last time.
            if self.head > self.items.count / 2 {
                self.items.removeFirst(self.head)
                self.head = 0
            }
        }
    }

    private let byteLimit: Int
    private let state = Locked(State())

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    package var notifications: NotificationSequence { NotificationSequence(buffer: self) }

    /// How many were pushed out.
    package var droppedCount: Int { self.state.withLock { $0.dropped } }

    // MARK: - The loop's side

    func append(_ batch: inout [ReceivedNotification]) {
        guard !batch.isEmpty else { return }
        let resume = self.state.withLock { state -> (Waiter, [ReceivedNotification])? in
            guard state.ending == nil else { return nil }
            for notification in batch { state.byteCount += notification.byteCount }
            if state.items.isEmpty { swap(&state.items, &batch) } else { state.items.append(contentsOf: batch) }
            if state.byteCount > self.byteLimit { state.dropOldest(downTo: self.byteLimit) }
            guard let waiter = state.waiter else { return nil }
            state.waiter = nil
            return (waiter, state.takeAll())
        }
        batch.removeAll(keepingCapacity: true)
        if let (waiter, items) = resume { waiter.resume(returning: items) }
    }

    /// After what is buffered, the sequence throws `error`, or just ends when there is none.
    func end(_ error: LibPQError?) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard state.ending == nil else { return nil }
            state.ending = error.map { .failed($0) } ?? .finished
            defer { state.waiter = nil }
            return state.waiter
        }
        // A waiter means that the buffer is empty.
        if let error { waiter?.resume(throwing: error) } else { waiter?.resume(returning: []) }
    }

    // MARK: - The iterator's side

    private enum Taken {
        case items([ReceivedNotification])
        case nothingYet
        case failure(any Error)
    }

    /// All that has come since the last call; waits when that is nothing.
    ///
    /// An empty array is the end.
    func nextBatch(isolation: isolated (any Actor)?) async throws -> [ReceivedNotification] {
        switch self.state.withLock({ Self.take(&$0) }) {
        case .items(let items): return items
        case .failure(let error): throw error
        case .nothingYet: break
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(isolation: isolation) { continuation in
                // It may have come between the two looks.
                let taken = self.state.withLock { state in
                    let taken = Task.isCancelled ? .failure(CancellationError()) : Self.take(&state)
                    if case .nothingYet = taken { state.waiter = continuation }
                    return taken
                }
                switch taken {
                case .items(let items): continuation.resume(returning: items)
                case .failure(let error): continuation.resume(throwing: error)
                case .nothingYet: break
                }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private static func take(_ state: inout State) -> Taken {
        if state.waiter != nil {
            return .failure(LibPQError(.invalidArgument, "a session's notifications are iterated by one task only"))
        }
        if state.head < state.items.count { return .items(state.takeAll()) }
        switch state.ending {
        case nil: return .nothingYet
        case .finished: return .items([])
        case .failed(let error): return .failure(error)
        }
    }
}
