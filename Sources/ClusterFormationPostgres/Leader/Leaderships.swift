internal import ClusterFormation
internal import Locking

/// What a node leads, at once and after each change: a leadership while it leads, nil while it does not.
///
/// Each reading of ``LeaderService/leaderships`` is a sequence of its own, for one consumer. A consumer that falls behind
/// sees the newest and not what was between. It ends when the service has stopped.
public struct Leaderships: AsyncSequence, Sendable {
    /// The leadership, or nil.
    public typealias Element = Leadership?
    /// It never fails.
    public typealias Failure = Never

    let stream: AsyncStream<Leadership?>

    /// An iterator.
    public func makeAsyncIterator() -> Iterator { Iterator(wrapped: self.stream.makeAsyncIterator()) }

    /// Iterates over the changes.
    public struct Iterator: AsyncIteratorProtocol {
        var wrapped: AsyncStream<Leadership?>.Iterator

        /// The next state; nil of the outer optional when the service has stopped or the task is cancelled.
        public mutating func next() async -> Leadership?? {
            await self.wrapped.next(isolation: #isolation)
        }

        /// The next state; nil of the outer optional when the service has stopped or the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Leadership?? {
            await self.wrapped.next(isolation: actor)
        }
    }
}

/// What can be asked of a service from any thread.
final class LeaderHub: Sendable {
    private struct State {
        var current: Leadership?
        var condition = StrategyCondition.starting
        var isFinished = false
        var subscribers: [UInt64: AsyncStream<Leadership?>.Continuation] = [:]
        var lastSubscriber: UInt64 = 0
    }

    private let state = Locked(State())

    var current: Leadership? { self.state.withLock { $0.current } }

    var condition: StrategyCondition { self.state.withLock { $0.condition } }

    func subscribe() -> Leaderships {
        let (stream, continuation) = AsyncStream.makeStream(of: Leadership?.self, bufferingPolicy: .bufferingNewest(1))
        let (id, current, isFinished) = self.state.withLock { state in
            state.lastSubscriber += 1
            if !state.isFinished { state.subscribers[state.lastSubscriber] = continuation }
            return (state.lastSubscriber, state.current, state.isFinished)
        }
        guard !isFinished else {
            continuation.finish()
            return Leaderships(stream: stream)
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(id) }
        // What has changed meanwhile is in the buffer already, and this must not push it out.
        self.state.withLock { state in
            if state.current?.fencingToken == current?.fencingToken { _ = continuation.yield(current) }
        }
        return Leaderships(stream: stream)
    }

    private func unsubscribe(_ id: UInt64) {
        _ = self.state.withLock { $0.subscribers.removeValue(forKey: id) }
    }

    func lead(_ leadership: Leadership?) {
        let subscribers = self.state.withLock { state in
            state.current = leadership
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.yield(leadership) }
    }

    /// True when it is another one than before.
    func report(_ condition: StrategyCondition) -> Bool {
        self.state.withLock { state in
            defer { state.condition = condition }
            return state.condition != condition
        }
    }

    func finish() {
        let subscribers = self.state.withLock { state in
            state.isFinished = true
            defer { state.subscribers = [:] }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.finish() }
    }
}
