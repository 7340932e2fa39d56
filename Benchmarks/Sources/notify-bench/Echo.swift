internal import CNotifyLoop
internal import ClusterAnnouncements
internal import ClusterFormationPostgres

/// The round trip of a notification that a session sends to itself, on an idle server.
struct Echo {
    let connection: String
    let channel = "echo"
    let count: Int

    /// Microseconds of each round trip of the C loop.
    func runC() throws -> [Double] {
        guard let loop = notify_loop_open(self.connection, self.channel) else { throw BenchmarkError.baselineFailed }
        defer { notify_loop_close(loop) }
        var times = [Double](repeating: 0, count: self.count)
        guard notify_loop_echo(loop, self.channel, self.count, &times) == 0 else {
            throw BenchmarkError.baselineFailed
        }
        return times.map { $0 / 1_000 }
    }

    /// Microseconds of each round trip of a session.
    func runSession(_ notifier: PostgresNotifier) async throws -> [Double] {
        let session = try await notifier.openSession(.benchmark(self.channel))
        var times: [Double] = []
        times.reserveCapacity(self.count)
        var iterator = session.notifications.makeAsyncIterator()
        for index in 0..<self.count {
            let start = notify_loop_now()
            _ = try await session.notify("\(index)")
            guard try await iterator.next() != nil else { throw BenchmarkError.notificationsLost }
            times.append((notify_loop_now() - start) / 1_000)
        }
        await session.close(farewell: nil, within: .seconds(1))
        return times
    }
}
