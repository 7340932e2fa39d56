import ClusterFormation
import PostgresTesting
import Testing

extension TemporaryPostgres {
    func terminateAll(role: String) async throws {
        try await self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(role)'")
    }

    /// Asks until the answer is as it should be: a server knows of a session until its process has ended, some time after
    /// the client has closed it.
    func wait(for sql: String, toBe answer: String) async throws {
        let deadline = ContinuousClock.now + FaultMember.patience
        while try await self.execute(sql) != answer {
            try #require(ContinuousClock.now < deadline, "\(sql) is not \(answer)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
