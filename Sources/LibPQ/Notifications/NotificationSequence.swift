/// What a channel's listener hears; to be iterated once, by one task.
///
/// It throws ``LibPQError`` when the connection is lost, ends when the connection is closed by this side, and throws
/// `CancellationError` in a cancelled task.
package struct NotificationSequence: AsyncSequence, Sendable {
    let buffer: NotificationBuffer

    package func makeAsyncIterator() -> Iterator {
        Iterator(buffer: self.buffer)
    }

    /// It takes all that has arrived at once, then answers from that without suspending.
    package struct Iterator: AsyncIteratorProtocol {
        let buffer: NotificationBuffer
        private var batch: [ReceivedNotification] = []
        private var position = 0

        init(buffer: NotificationBuffer) {
            self.buffer = buffer
        }

        package mutating func next() async throws -> ReceivedNotification? {
            try await self.next(isolation: #isolation)
        }

        /// What has come with the last batch, if there is still something of it.
        package mutating func nextBuffered() -> ReceivedNotification? {
            guard self.position < self.batch.count else { return nil }
            defer { self.position += 1 }
            return self.batch[self.position]
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws -> ReceivedNotification? {
            if let buffered = self.nextBuffered() { return buffered }
            // Not to hold two batches at a time.
            self.batch = []
            self.position = 0
            self.batch = try await self.buffer.nextBatch(isolation: actor)
            return self.nextBuffered()
        }
    }
}
