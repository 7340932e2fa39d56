import ClusterAnnouncements
import ClusterFormationPostgres
import ClusterFormationTesting
import PoolerTesting
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PostgresNotifierTests {
    private func request(_ channel: String, instance: Int32 = 1) -> NotifierSessionRequest {
        NotifierSessionRequest(
            channel: channel,
            applicationName: "test",
            presence: PresenceKey(cluster: -7, instance: instance)
        )
    }

    private func present(_ instance: Int32, _ session: PostgresNotifierSession) -> PresentSession {
        PresentSession(instance: instance, processID: session.processID)
    }

    private func sessionCount(_ server: TemporaryPostgres) async throws -> String {
        try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test'")
    }

    @Test(arguments: ["host=a b", "postgres://u:p@w@h/db", "nonsense"])
    func `A connection string that can't work is refused before anything runs`(_ connection: String) {
        let error = #expect(throws: NotifierError.self) { try PostgresNotifier(connection: connection) }
        #expect(error?.code == .misconfigured)
    }

    @Test(
        arguments: [
            { $0.statementTimeout = .zero }, { $0.statementTimeout = .seconds(Int64.max) },
            { $0.connectTimeout = .zero },
            { $0.poolerCheckTimeout = .seconds(-1) }, { $0.bufferLimit = 0 },
        ] as [@Sendable (inout PostgresNotifierConfiguration) -> Void]
    )
    func `A time limit or a buffer that can't work is refused before anything runs`(
        _ change: @Sendable (inout PostgresNotifierConfiguration) -> Void
    ) {
        var configuration = PostgresNotifierConfiguration()
        change(&configuration)
        let error = #expect(throws: NotifierError.self) {
            try PostgresNotifier(connection: "host=127.0.0.1 port=1", configuration: configuration)
        }
        #expect(error?.code == .misconfigured)
    }

    @Test func `No way of printing a notifier shows its connection string`() throws {
        let notifier = try PostgresNotifier(connection: "postgres://app:hunter2@db1/orders")
        var text = "\(notifier) \(String(reflecting: notifier))"
        dump(notifier, to: &text)
        for secret in ["hunter2", "db1", "orders"] { #expect(!text.contains(secret)) }
    }

    @Test func `A session hears what it sends, with its own process id`() async throws {
        try await TemporaryPostgres.withServer { server in
            let notifier = try PostgresNotifier(connection: server.connectionString())
            let session = try await notifier.openSession(self.request("Some \"channel\""))
            _ = try await session.notify("hello")
            _ = try await session.probe()
            var iterator = session.notifications.makeAsyncIterator()
            let heard = try await iterator.next()
            #expect(
                heard
                    == Notification(channel: "Some \"channel\"", payload: "hello", processID: session.processID)
            )
            await session.close(farewell: nil, within: .seconds(5))
            #expect(try await iterator.next() == nil)
            let error = await #expect(throws: NotifierError.self) { try await session.notify("late") }
            #expect(error?.code == .closed)
        }
    }

    @Test func `All sessions share one connection, which goes with the last`() async throws {
        try await TemporaryPostgres.withServer { server in
            let notifier = try PostgresNotifier(connection: server.connectionString())
            let sessions = try await withThrowingTaskGroup(of: PostgresNotifierSession.self) { group in
                for index in 0..<8 {
                    group.addTask { try await notifier.openSession(self.request("c\(index)", instance: Int32(index))) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(sessions.map(\.processID)).count == 1)
            #expect(try await self.sessionCount(server) == "1")
            let all = Set((0..<8).map { PresentSession(instance: $0, processID: sessions[0].processID) })
            #expect(try await sessions[0].presentSessions(ofCluster: -7) == all)
            #expect(try await sessions[0].presentSessions(ofCluster: 8) == [])

            for session in sessions.dropFirst() { await session.close(farewell: "bye", within: .seconds(5)) }
            #expect(try await sessions[0].presentSessions(ofCluster: -7)?.count == 1)
            _ = try await sessions[0].notify("still here")
            await sessions[0].close(farewell: "bye", within: .seconds(5))
            await sessions[0].close(farewell: "bye", within: .seconds(5))

            let again = try await notifier.openSession(self.request("c"))
            _ = try await again.notify("anew")
            // The lock of the session before is the server's to give up when that has ended.
            try await withTimeout(.seconds(60)) {
                "the new session's presence alone"
            } operation: {
                while try await again.presentSessions(ofCluster: -7) != [self.present(1, again)] {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            await again.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test func `A farewell is heard by the others, even from a cancelled task`() async throws {
        try await TemporaryPostgres.withServer { server in
            let listener = try PostgresNotifier(connection: server.connectionString())
            let other = try await listener.openSession(self.request("c"))
            let notifier = try PostgresNotifier(connection: server.connectionString())
            let session = try await notifier.openSession(self.request("c", instance: 2))
            #expect(
                try await other.presentSessions(ofCluster: -7) == [self.present(1, other), self.present(2, session)]
            )
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await session.close(farewell: "bye", within: .seconds(60)) }
                group.cancelAll()
            }
            var iterator = other.notifications.makeAsyncIterator()
            #expect(try await iterator.next()?.payload == "bye")
            await other.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test func `A broken connection ends every session on it, and the next session has a new one`() async throws {
        try await TemporaryPostgres.withServer { server in
            let notifier = try PostgresNotifier(connection: server.connectionString())
            let first = try await notifier.openSession(self.request("a"))
            let second = try await notifier.openSession(self.request("b"))
            try await server.execute("SELECT pg_terminate_backend(\(first.processID))")
            for session in [first, second] {
                var iterator = session.notifications.makeAsyncIterator()
                let error = await #expect(throws: NotifierError.self) { try await iterator.next() }
                #expect(error?.code == .serverUnavailable)
            }
            let third = try await notifier.openSession(self.request("a"))
            _ = try await third.probe()
            // The lost ones take nothing of the new one with them.
            await first.close(farewell: nil, within: .seconds(5))
            await second.close(farewell: nil, within: .seconds(5))
            _ = try await third.probe()
            await third.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test func `What is wrong is told apart by its code`() async throws {
        try await TemporaryPostgres.withServer { server in
            let code = { (connection: String) async -> NotifierError.Code? in
                do {
                    _ = try await PostgresNotifier(connection: connection).openSession(self.request("c"))
                    return nil
                } catch {
                    return (error as? NotifierError)?.code
                }
            }
            #expect(await code(server.connectionString(database: "nowhere")) == .databaseMissing)
            #expect(await code(server.connectionString(role: "nobody")) == .authenticationFailed)
            #expect(await code("host=127.0.0.1 port=1") == .unreachable)
            #expect(await code("host=no-such-host.invalid") == .unreachable)
            #expect(await code("service=no-such-service") == .misconfigured)
            try await server.execute("CREATE ROLE app LOGIN")
            try await server.execute("CREATE DATABASE closed")
            try await server.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
            #expect(await code(server.connectionString(role: "app", database: "closed")) == .permissionDenied)

            let session = try await PostgresNotifier(connection: server.connectionString()).openSession(
                self.request("c")
            )
            let error = await #expect(throws: NotifierError.self) {
                try await session.notify(String(repeating: "x", count: 8_000))
            }
            #expect(error?.code == .payloadTooLarge)
            _ = try await session.notify(String(repeating: "x", count: 7_999))
            await session.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 64)])
    func `A channel that the server would cut or refuse is a misconfiguration`(_ channel: String) async throws {
        let notifier = try PostgresNotifier(connection: "host=127.0.0.1 port=1")
        let error = await #expect(throws: NotifierError.self) {
            _ = try await notifier.openSession(self.request(channel))
        }
        #expect(error?.code == .misconfigured)
    }

    @Test func `A role that may do nothing but connect is enough`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN")
            try await server.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            let notifier = try PostgresNotifier(connection: server.connectionString(role: "app"))
            let session = try await notifier.openSession(self.request("c"))
            _ = try await session.notify("x")
            #expect(try await session.presentSessions(ofCluster: -7) == [self.present(1, session)])
            await session.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test func `Where the locks are forbidden, presence is unknown and the rest works`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN")
            try await server.execute("REVOKE EXECUTE ON FUNCTION pg_try_advisory_lock_shared(int, int) FROM PUBLIC")
            let notifier = try PostgresNotifier(connection: server.connectionString(role: "app"))
            let session = try await notifier.openSession(self.request("c"))
            #expect(try await session.presentSessions(ofCluster: -7) == nil)
            _ = try await session.notify("x")
            await session.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test func `A standby is named, and passed over where the primary is named too`() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let alone = try PostgresNotifier(connection: standby.connectionString())
                let error = await #expect(throws: NotifierError.self) {
                    _ = try await alone.openSession(self.request("c"))
                }
                #expect(error?.code == .standby)
                let both = try PostgresNotifier(
                    connection: """
                        host=\(standby.socketDirectory),\(primary.socketDirectory) \
                        port=\(standby.port),\(primary.port) user=postgres
                        """
                )
                let session = try await both.openSession(self.request("c"))
                _ = try await session.notify("x")
                await session.close(farewell: nil, within: .seconds(5))
            }
        }
    }

    @Test(arguments: ["transaction", "statement"])
    func `A pooler that shares sessions is found out and named`(_ mode: String) async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: mode, before: server) { pooler in
                var configuration = PostgresNotifierConfiguration()
                configuration.poolerCheckTimeout = .milliseconds(500)
                let notifier = try PostgresNotifier(connection: pooler.connectionString, configuration: configuration)
                let error = await #expect(throws: NotifierError.self) {
                    _ = try await notifier.openSession(self.request("c"))
                }
                #expect(error?.code == .pooler)
                #expect(error?.message.contains("session mode") == true)
            }
        }
    }

    @Test func `A pooler in session mode is fine`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "session", before: server) { pooler in
                let notifier = try PostgresNotifier(connection: pooler.connectionString)
                let session = try await notifier.openSession(self.request("c"))
                _ = try await session.notify("hello")
                _ = try await session.probe()
                var iterator = session.notifications.makeAsyncIterator()
                #expect(try await iterator.next()?.processID == session.processID)
                await session.close(farewell: nil, within: .seconds(5))
            }
        }
    }

    @Test func `A role that reads only by default can take part`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN; ALTER ROLE app SET default_transaction_read_only = on")
            let text = "host=/nonexistent,\(server.socketDirectory) user=app dbname=postgres"
            let notifier = try PostgresNotifier(connection: text)
            let session = try await notifier.openSession(self.request("c"))
            _ = try await session.notify("hello")
            var iterator = session.notifications.makeAsyncIterator()
            #expect(try await iterator.next()?.payload == "hello")
            #expect(try await session.presentSessions(ofCluster: -7)?.map(\.instance) == [1])
            await session.close(farewell: nil, within: .seconds(5))
        }
    }

    @Test func `A frozen server is unresponsive within the statement's time`() async throws {
        try await TemporaryPostgres.withServer { server in
            var configuration = PostgresNotifierConfiguration()
            configuration.statementTimeout = .seconds(2)
            let notifier = try PostgresNotifier(connection: server.connectionString(), configuration: configuration)
            let session = try await notifier.openSession(self.request("c"))
            try await server.freeze()
            let error = await #expect(throws: NotifierError.self) { try await session.probe() }
            try server.thaw()
            #expect(error?.code == .unresponsive)
            await session.close(farewell: nil, within: .seconds(5))
        }
    }
}
