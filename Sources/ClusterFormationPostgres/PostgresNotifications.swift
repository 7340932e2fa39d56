public import ClusterAnnouncements
internal import LibPQ

/// What one session hears.
///
/// It throws a `NotifierError` when the connection is lost, ends after the session was closed, and throws
/// `CancellationError` in a cancelled task.
public struct PostgresNotifications: AsyncSequence, Sendable {
    private let sequence: NotificationSequence
    private let channel: String

    init(_ sequence: NotificationSequence, channel: String) {
        self.sequence = sequence
        self.channel = channel
    }

    /// Makes the iterator; there can be one.
    public func makeAsyncIterator() -> Iterator {
        Iterator(self.sequence.makeAsyncIterator(), channel: self.channel)
    }

    /// Takes whatever has arrived at once, and then answers from that without suspending.
    public struct Iterator: BufferedNotificationIterator {
        private var iterator: NotificationSequence.Iterator
        private let channel: String

        init(_ iterator: NotificationSequence.Iterator, channel: String) {
            self.iterator = iterator
            self.channel = channel
        }

        /// The next notification, or nil when the session was closed.
        public mutating func next() async throws -> Notification? {
            try await self.next(isolation: #isolation)
        }

        /// The next notification, or nil when the session was closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Notification? {
            if let buffered = self.nextBuffered() { return buffered }
            do {
                guard let heard = try await self.iterator.next(isolation: actor) else { return nil }
                return self.notification(heard)
            } catch {
                throw NotifierError.wrapping(error)
            }
        }

        /// The next notification, if it has come together with the last one.
        public mutating func nextBuffered() -> Notification? {
            self.iterator.nextBuffered().map(self.notification)
        }

        private func notification(_ heard: ReceivedNotification) -> Notification {
            Notification(channel: self.channel, payload: heard.payload, processID: heard.processID)
        }
    }
}
