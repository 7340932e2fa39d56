extension TemporaryPostgres {
    /// Fills the server's notification queue behind a session that listens and sits in a transaction, and ends that session
    /// when NOTIFY fails; the queue stays full until somebody looks at it.
    ///
    /// It takes about a minute and 8 GB of disk before PostgreSQL 17, whose queue has that size.
    /// - Throws: ``TemporaryPostgresError`` when it can't be filled with twice as much.
    public func fillNotificationQueue() async throws {
        let name = "cluster-formation-queue-holder"
        let holder = Task {
            try await self.execute(
                ["SET application_name = '\(name)'", "LISTEN held", "BEGIN", "SELECT pg_sleep(600)"],
                role: nil
            )
        }
        defer { holder.cancel() }
        let isHeld =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(name)' AND wait_event = 'PgSleep'"
        while try await self.execute(isHeld) != "1" { try await Task.sleep(for: .milliseconds(50)) }
        // 160 MB each.
        let flood = "SELECT count(pg_notify('filler', rpad(i::text, 7999, 'x'))) FROM generate_series(1, 20000) i"
        var isFull = false
        for _ in 0..<120 where !isFull {
            do {
                try await self.execute(flood)
            } catch let error as TemporaryPostgresError where error.message.contains("NOTIFY queue") {
                isFull = true
            }
        }
        try await self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(name)'"
        )
        guard isFull else {
            throw TemporaryPostgresError(code: .commandFailed, message: "the notification queue could not be filled")
        }
    }
}
