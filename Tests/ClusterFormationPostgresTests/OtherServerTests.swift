import ClusterAnnouncements
import ClusterFormationPostgres
import ClusterFormationTesting
import PostgresTesting
import Testing

/// Servers that speak PostgreSQL's protocol and are something else.
@Suite(.timeLimit(.minutes(1)))
struct OtherServerTests {
    private func open(_ server: StubServer) async -> NotifierError? {
        var configuration = PostgresNotifierConfiguration()
        configuration.poolerCheckTimeout = .milliseconds(100)
        let request = NotifierSessionRequest(
            channel: "c",
            applicationName: "test",
            presence: PresenceKey(cluster: 1, instance: 2)
        )
        do {
            let text = "host=127.0.0.1 port=\(server.port) user=app"
            let notifier = try PostgresNotifier(connection: text, configuration: configuration)
            let session = try await notifier.openSession(request)
            await session.close(farewell: nil, within: .seconds(1))
            return nil
        } catch {
            return error as? NotifierError
        }
    }

    /// Answers as a server that calls itself by a name; the process id is the stub's, so there is no pooler.
    private func script(
        version: String,
        listening: @escaping @Sendable (String) -> StubServer.Answer
    ) -> StubServer.Script {
        var script = StubServer.Script()
        script.answer = { statement in
            if statement.hasPrefix("LISTEN") || statement.contains("pg_notify") { return listening(statement) }
            if statement.hasPrefix("SELECT pg_catalog.pg_backend_pid()") { return .rows([["4711", "f", version]]) }
            // The session's opening: the time, the place and the presence lock.
            if statement.contains("clock_timestamp") { return .rows([["1767225600000000", "app", "1", "0", "t"]]) }
            return .rows([[version]])
        }
        return script
    }

    @Test(arguments: [
        ("0A000", "CockroachDB CCL v25.1", "CockroachDB"), ("22023", "CockroachDB CCL v25.1", "CockroachDB"),
        ("42601", "PostgreSQL 13.14.0-RisingWave-2.3.0 (abc)", "RisingWave"),
    ])
    func `A server that refuses the session's encoding is asked who it is, and named`(
        _ sqlState: String,
        _ version: String,
        _ name: String
    ) async throws {
        var script = self.script(version: version) { _ in .rows([]) }
        script.refusal = { options in
            options["client_encoding"] == "SQL_ASCII"
                ? .init(severity: "ERROR", sqlState: sqlState, message: "unimplemented client encoding") : nil
        }
        try await StubServer.withServer(script) { server in
            let error = await self.open(server)
            #expect(error?.code == .listenUnsupported)
            #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `CockroachDB names itself before it is asked`() async throws {
        var script = StubServer.Script()
        script.parameters["crdb_version"] = "CockroachDB CCL v25.1"
        script.answer = { _ in .refusal(.init(severity: "ERROR", sqlState: "42883", message: "unknown function")) }
        try await StubServer.withServer(script) { server in
            let error = await self.open(server)
            #expect(error?.code == .listenUnsupported)
            #expect(error?.message.contains("CockroachDB") == true)
        }
    }

    @Test func `A server that refuses LISTEN is named, whatever it calls itself`() async throws {
        let refusal = StubServer.Refusal(
            severity: "ERROR",
            sqlState: "0A000",
            message: "This statement not supported yet"
        )
        for (version, name) in [
            ("PostgreSQL 11.2-YB-2.20.0.0-b0", "YugabyteDB"), ("PostgreSQL 15.0", "not supported yet"),
        ] {
            let script = self.script(version: version) { _ in .refusal(refusal) }
            try await StubServer.withServer(script) { server in
                let error = await self.open(server)
                #expect(error?.code == .listenUnsupported)
                #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func `A YugabyteDB that takes LISTEN and delivers nothing is named`() async throws {
        let script = self.script(version: "PostgreSQL 15.12-YB-2025.1.0.0-b1") { _ in .rows([]) }
        try await StubServer.withServer(script) { server in
            let error = await self.open(server)
            #expect(error?.code == .listenUnsupported)
            #expect(error?.message.contains("YugabyteDB, which delivers no notification") == true)
        }
    }

    @Test func `A wrong option at the login is not taken for another product`() async throws {
        var script = self.script(version: "PostgreSQL 15.0") { _ in .rows([]) }
        script.refusal = { _ in .init(severity: "FATAL", sqlState: "42704", message: "unrecognized parameter \"x\"") }
        try await StubServer.withServer(script) { server in
            let error = await self.open(server)
            #expect(error?.code == .other)
            #expect(error?.message.contains("unrecognized parameter") == true)
        }
    }
}
