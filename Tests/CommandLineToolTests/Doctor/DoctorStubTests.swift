#if CommandLine
    import PostgresTesting
    import Testing

    @testable import CommandLineTool

    /// Servers that speak PostgreSQL's protocol and are something else, and one whose queue is full.
    @Suite(.timeLimit(.minutes(2))) struct DoctorStubTests {
        private func script(version: String, queueUsage: Int = 0, listening: StubServer.Answer) -> StubServer.Script {
            var script = StubServer.Script()
            script.answer = { statement in
                if statement.hasPrefix("LISTEN") || statement.contains("pg_notify") { return listening }
                if statement.hasPrefix("SELECT pg_catalog.pg_backend_pid()") { return .rows([["4711", "f", version]]) }
                if statement.contains("clock_timestamp") {
                    return .rows([["1767225600000000", "app", "1", "\(Double(queueUsage) / 100)", "t"]])
                }
                return .rows([[version]])
            }
            return script
        }

        private func expect(
            _ expected: DoctorCase,
            _ script: StubServer.Script,
            timeout: Duration = DoctorCase.shortly
        ) async throws {
            try await StubServer.withServer(script) { server in
                _ = await expected.expect("host=127.0.0.1 port=\(server.port) user=app", timeout: timeout)
            }
        }

        @Test func `A server that refuses LISTEN, or takes it and delivers nothing`() async throws {
            let refusal = StubServer.Refusal(severity: "ERROR", sqlState: "0A000", message: "not supported")
            for version in ["PostgreSQL 13.0-YB-2.20", "PostgreSQL 15.0"] {
                try await self.expect(
                    .failure(.listen, "listen_unsupported"),
                    self.script(version: version, listening: .refusal(refusal)),
                    timeout: .seconds(20)
                )
            }
            try await self.expect(
                .failure(.listen, "listen_unsupported"),
                self.script(version: "PostgreSQL 15.12-YB-2025.1.0.0-b1", listening: .rows([]))
            )
        }

        @Test func `A server that is starting, and one that falls silent after the login`() async throws {
            var starting = StubServer.Script()
            starting.refusal = { _ in .init(severity: "FATAL", sqlState: "57P03", message: "starting up") }
            try await self.expect(.failure(.answers, "server_unavailable"), starting, timeout: .seconds(20))
            var silent = StubServer.Script()
            silent.answer = { _ in .silence }
            try await self.expect(.failure(.answers, "unresponsive"), silent)
        }

        @Test func `A queue that is full`() async throws {
            let full = self.script(version: "PostgreSQL 15.0", queueUsage: 99, listening: .rows([]))
            try await self.expect(.failure(.queue, "queue_full"), full)
        }

        @Test func `A server that takes notifications and delivers none`() async throws {
            let deaf = self.script(version: "PostgreSQL 15.0", listening: .rows([["1767225600000000", ""]]))
            try await self.expect(.failure(.delivery, "undelivered"), deaf)
        }
    }
#endif
