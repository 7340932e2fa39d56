internal import CNotifyLoop
internal import ClusterAnnouncements
internal import ClusterFormationPostgres

/// A burst of notifications, from the publishing statement's start to the last one seen.
struct Burst {
    struct Sample {
        /// Notifications a second.
        let rate: Double
        /// The receiver's CPU time for each, in microseconds.
        let cpu: Double
    }

    let connection: String
    let channel = "burst"
    let count: Int

    /// The baseline: the C loop on a thread of its own, the publisher on another.
    func runC() async throws -> Sample {
        guard let loop = notify_loop_open(self.connection, self.channel) else { throw BenchmarkError.baselineFailed }
        defer { notify_loop_close(loop) }
        let process = notify_loop_process_cpu()
        async let publisher = self.publish()
        let received = notify_loop_receive(loop, self.count)
        let end = notify_loop_now()
        let published = try await publisher
        guard received > 0 else { throw BenchmarkError.baselineFailed }
        return self.sample(published, end: end, processCPU: notify_loop_process_cpu() - process)
    }

    /// Ours: the session's async sequence.
    func runSession(_ notifier: PostgresNotifier) async throws -> Sample {
        let session = try await notifier.openSession(.benchmark(self.channel))
        let process = notify_loop_process_cpu()
        async let publisher = self.publish()
        let bytes = try await Consumer().consume(session, count: self.count)
        let end = notify_loop_now()
        let cpu = notify_loop_process_cpu() - process
        let published = try await publisher
        guard bytes > 0, session.droppedNotifications == 0 else { throw BenchmarkError.notificationsLost }
        await session.close(farewell: nil, within: .seconds(1))
        return self.sample(published, end: end, processCPU: cpu)
    }

    private struct Published {
        let start: Double
        let cpu: Double
    }

    /// Its CPU time is small, since the server does the work; it is taken off the process's.
    @concurrent
    private func publish() async throws -> Published {
        let start = notify_loop_now()
        let cpu = notify_loop_thread_cpu()
        guard notify_loop_publish(self.connection, self.channel, self.count) == 0 else {
            throw BenchmarkError.baselineFailed
        }
        return Published(start: start, cpu: notify_loop_thread_cpu() - cpu)
    }

    private func sample(_ published: Published, end: Double, processCPU: Double) -> Sample {
        Sample(
            rate: Double(self.count) / (end - published.start) * 1e9,
            cpu: (processCPU - published.cpu) / Double(self.count) / 1_000
        )
    }
}

/// Consumes as the strategy does: an actor that knows of its session only that it is one.
private actor Consumer {
    @inline(never)
    func consume(_ session: some NotifierSession, count: Int) async throws -> Int {
        guard let iterator = session.notifications.makeAsyncIterator() as? any BufferedNotificationIterator else {
            throw BenchmarkError.notBuffered
        }
        return try await self.consume(iterator, count: count)
    }

    @inline(never)
    private func consume(_ iterator: some BufferedNotificationIterator, count: Int) async throws -> Int {
        var iterator = iterator
        var seen = 0
        var bytes = 0
        while seen < count, let first = try await iterator.next(isolation: self) {
            var next: Notification? = first
            while let notification = next {
                bytes += notification.payload.utf8.count
                seen += 1
                next = iterator.nextBuffered()
            }
        }
        return bytes
    }
}
