import ClusterAnnouncements
import ClusterFormationPostgres
import ClusterFormationTesting
import PostgresTesting
import Synchronization
import Testing

/// A server whose notification queue is full: filling a real one takes 8 GB.
@Suite(.timeLimit(.minutes(1)))
struct FullQueueTests {
    private static let refusal = StubServer.Refusal(
        severity: "ERROR",
        sqlState: "54000",
        message: "too many notifications in the NOTIFY queue"
    )

    private func withSession(
        queueUsage: Int = 0,
        _ answer: @escaping @Sendable (String) -> StubServer.Answer?,
        _ body: (PostgresNotifierSession) async throws -> Void
    ) async throws {
        var script = StubServer.Script()
        script.answer = { statement in
            if let answer = answer(statement) { return answer }
            if statement.hasPrefix("SELECT pg_catalog.pg_backend_pid()") {
                return .rows([["4711", "f", "PostgreSQL 15.0"]])
            }
            return statement.contains("clock_timestamp")
                ? .rows([["1767225600000000", "app", "1", "\(Double(queueUsage) / 100)", "t"]]) : .rows([])
        }
        try await StubServer.withServer(script) { server in
            var configuration = PostgresNotifierConfiguration()
            configuration.poolerCheckTimeout = .milliseconds(100)
            let notifier = try PostgresNotifier(
                connection: "host=127.0.0.1 port=\(server.port) user=app",
                configuration: configuration
            )
            let request = NotifierSessionRequest(
                channel: "c",
                applicationName: "test",
                presence: PresenceKey(cluster: 1, instance: 2)
            )
            let session = try await notifier.openSession(request)
            try await body(session)
            await session.close(farewell: nil, within: .seconds(1))
        }
    }

    @Test func `A queue that stays full although its cause is gone is looked at, and the message sent again`()
        async throws
    {
        let statements = Mutex<[String]>([])
        try await self.withSession { statement in
            let looks = statement.hasPrefix("SELECT pg_catalog.pg_notification_queue_usage")
            if looks || statement.contains("pg_notify(") {
                let isCleared = statements.withLock { statements in
                    statements.append(looks ? "look" : "send")
                    return statements.contains("look")
                }
                if !isCleared { return .refusal(Self.refusal) }
            }
            return nil
        } _: { session in
            _ = try await session.notify("hello")
        }
        #expect(statements.withLock { $0 } == ["send", "look", "send"])
    }

    @Test func `No LISTEN waits for a queue that is full`() async throws {
        let error = await #expect(throws: NotifierError.self) {
            try await self.withSession(queueUsage: 99) { statement in
                if statement.hasPrefix("LISTEN") { Issue.record("it listens") }
                return nil
            } _: { _ in
            }
        }
        #expect(error?.code == .queueFull)
        #expect(error?.message.contains("99 % full") == true)
    }

    @Test func `A queue that is full is told as that, and the session stays`() async throws {
        try await self.withSession { statement in
            statement.contains("pg_notify(") ? .refusal(Self.refusal) : nil
        } _: { session in
            let error = await #expect(throws: NotifierError.self) { try await session.notify("hello") }
            #expect(error?.code == .queueFull)
            #expect(error?.keepsSession == true)
            #expect(error?.message.contains("pg_notification_queue_usage()") == true)
        }
    }
}
