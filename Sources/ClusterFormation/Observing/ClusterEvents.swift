internal import Locking

/// The events of a cluster from one moment on, for one consumer.
///
/// Each reading of ``Cluster/events`` is a subscription of its own that begins at once. A consumer that falls behind by
/// more than ``ClusterConfiguration/eventBufferSize`` misses the newest ones and finds ``ClusterEvent/missed(_:)`` in their
/// place. The sequence ends when the cluster has stopped.
public struct ClusterEvents: AsyncSequence, Sendable {
    /// One event at a time.
    public typealias Element = ClusterEvent
    /// It never fails.
    public typealias Failure = Never

    let subscription: EventSubscription

    /// An iterator; all iterators of one subscription share its events.
    public func makeAsyncIterator() -> Iterator { Iterator(subscription: self.subscription) }

    /// Iterates over the events.
    public struct Iterator: AsyncIteratorProtocol {
        let subscription: EventSubscription

        /// The next event; nil when the cluster has stopped or the task is cancelled.
        public mutating func next() async -> ClusterEvent? { await self.subscription.next() }

        /// The next event; nil when the cluster has stopped or the task is cancelled.
        public mutating func next(isolation: isolated (any Actor)?) async -> ClusterEvent? {
            await self.subscription.next()
        }
    }
}
