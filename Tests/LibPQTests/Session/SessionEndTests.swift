import ClusterFormationTesting
import LibPQ
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SessionEndTests {
    private func end(of buffer: NotificationBuffer) async -> LibPQError? {
        await libPQError {
            for try await _ in buffer.notifications {}
        }
    }

    @Test func `A terminated session ends with the server's word`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let buffer = try await connection.listen("terminated")
        try await SharedServer.server.execute("SELECT pg_terminate_backend(\(connection.peer.processID))")
        let error = await self.end(of: buffer)
        #expect(error?.kind == .connectionLost)
        #expect(error?.sqlState == "57P01")
        #expect(connection.isClosed)
    }

    @Test func `A session that is terminated in the middle of a statement ends with the server's word`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let buffer = try await connection.listen("terminated")
        let error = await libPQError {
            try await connection.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(600)")
        }
        #expect(error?.kind == .connectionLost)
        #expect(error?.sqlState == "57P01")
        #expect(await self.end(of: buffer)?.sqlState == "57P01")
    }

    @Test func `The server's time limit for idle sessions is named`() async throws {
        let connection = try await Connection.connectToSharedServer()
        guard connection.peer.version >= 140_000 else { return await connection.close(within: .seconds(5)) }
        let buffer = try await connection.listen("idle")
        try await connection.query("SET idle_session_timeout = '50ms'")
        #expect(await self.end(of: buffer)?.sqlState == "57P05")
    }

    @Test func `A server that stops or dies ends the session`() async throws {
        try await TemporaryPostgres.withServer { server in
            let stopped = try await Connection.connect(server.connectionString())
            let heard = try await stopped.listen("stop")
            try await server.stop(mode: .fast)
            #expect(await self.end(of: heard)?.sqlState == "57P01")

            try await server.start()
            let crashed = try await Connection.connect(server.connectionString())
            let buffer = try await crashed.listen("stop")
            try await server.stop(mode: .immediate)
            #expect(await self.end(of: buffer)?.sqlState == "57P01" || crashed.isClosed)

            try await server.start()
            let killed = try await Connection.connect(server.connectionString())
            let last = try await killed.listen("stop")
            try await server.kill()
            #expect(await self.end(of: last)?.kind == .connectionLost)
        }
    }

    @Test func `A connection that is dropped without a word is closed`() async throws {
        let server = try await SharedServer.server
        var processID: Int32 = 0
        do {
            let connection = try await Connection.connect(server.connectionString())
            processID = connection.peer.processID
        }
        // The server notices; how soon, is its affair.
        var isThere = true
        let deadline = ContinuousClock.now + .seconds(30)
        while isThere, ContinuousClock.now < deadline {
            isThere = try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = \(processID)") == "1"
        }
        #expect(!isThere)
    }
}
