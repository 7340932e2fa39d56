internal import Locking

/// Hands every event to every subscriber.
final class EventHub: Sendable {
    private struct Entry {
        weak var subscription: EventSubscription?
    }

    private struct State {
        var entries: [Entry] = []
        var isFinished = false
    }

    private let limit: Int
    private let state = Locked(State())

    init(limit: Int) {
        self.limit = limit
    }

    func subscribe() -> ClusterEvents {
        let subscription = EventSubscription(limit: self.limit)
        let isFinished = self.state.withLock { state in
            // Subscribers that are gone are noticed here, too, so that subscribing without end does not grow the list.
            state.entries.removeAll { $0.subscription == nil }
            state.entries.append(Entry(subscription: subscription))
            return state.isFinished
        }
        if isFinished { subscription.finish() }
        return ClusterEvents(subscription: subscription)
    }

    /// Returns how many subscribers miss it.
    func emit(_ event: ClusterEvent) -> Int {
        let subscriptions = self.state.withLock { $0.entries.compactMap(\.subscription) }
        return subscriptions.count { !$0.add(event) }
    }

    func finish() {
        let subscriptions = self.state.withLock { state in
            state.isFinished = true
            return state.entries.compactMap(\.subscription)
        }
        for subscription in subscriptions { subscription.finish() }
    }
}
