internal import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ

/// Finds out whether notifications pass the pooler that was noticed on the way to the server.
///
/// In session mode they do. In transaction and statement mode LISTEN succeeds and even an echo on the same session
/// comes back, yet an idle listener hears nothing. So a second, short-lived connection notifies while the first idles.
struct PoolerCheck: Sendable {
    let connector: PostgresConnector
    /// The server's process behind the connection that is checked.
    let processID: Int32

    func run(on connection: Connection) async throws {
        let timeout = self.connector.configuration.statementTimeout
        let channel = "cluster-formation-check-\(InstanceID.random())"
        let quoted = try await connection.quote(channel)
        let buffer = await connection.subscribe(to: channel)
        try await connection.query("LISTEN \(quoted)", timeout: timeout)
        do {
            try await self.notify(channel, beside: connection)
        } catch let error as LibPQError {
            throw try await self.reason(for: error, on: connection)
        }
        let deadline = ContinuousClock.now + self.connector.configuration.poolerCheckTimeout
        let heard = try await connection.first(of: buffer, before: deadline)
        await connection.unsubscribe(buffer)
        try await connection.query("UNLISTEN \(quoted)", timeout: timeout)
        guard heard != nil else { throw Self.verdict }
    }

    /// Why the second connection came to nothing.
    ///
    /// If the first goes on working, with the same process behind it, then a pool stands between that gives a connection
    /// away for good and has no other.
    private func reason(for error: LibPQError, on connection: Connection) async throws -> any Error {
        let answer = try await connection.query(
            "SELECT pg_catalog.pg_backend_pid()",
            timeout: self.connector.configuration.statementTimeout
        )
        return answer.scalar == "\(self.processID)" ? Self.exhausted(error) : Self.verdict
    }

    private func notify(_ channel: String, beside connection: Connection) async throws {
        let timeout = self.connector.configuration.statementTimeout
        let second = try await self.connector.open(
            beside: connection,
            applicationName: "cluster-formation pooler check"
        )
        do {
            try await second.query("SELECT pg_catalog.pg_notify($1, '')", [channel], timeout: timeout)
        } catch {
            await second.close(within: .seconds(1))
            throw error
        }
        await second.close(within: .seconds(1))
    }

    static let verdict = NotifierError(
        code: .pooler,
        message: """
            a pooler in transaction or statement mode is between this node and PostgreSQL, and notifications do not \
            pass it; connect to PostgreSQL directly, or through a pooler in session mode, or use PostgresTableStrategy, \
            which works through this one
            """
    )

    private static func exhausted(_ error: LibPQError) -> NotifierError {
        NotifierError(
            code: .poolExhausted,
            message: """
                a pooler in session mode is between this node and PostgreSQL, and its pool has no connection left for \
                the one that proves that notifications pass it (\(error.message)); set its pool_size to at least \
                nodes + 1
                """
        )
    }
}
