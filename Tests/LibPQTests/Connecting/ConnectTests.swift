import ClusterFormationTesting
import LibPQ
import PostgresTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ConnectTests {
    @Test func `It says whom it reached`() async throws {
        let connection = try await Connection.connectToSharedServer()
        let processID = try await connection.query("SELECT pg_backend_pid()").scalar
        #expect(processID == "\(connection.peer.processID)")
        #expect(connection.peer.version >= 120_000)
        #expect(try await connection.peer.host == SharedServer.server.socketDirectory)
        #expect(!connection.peer.usesTLS)
        if connection.peer.version >= 140_000 {
            #expect(await connection.parameterStatus("in_hot_standby") == "off")
        }
        #expect(try await connection.query("SHOW client_encoding").scalar == "SQL_ASCII")
        await connection.close(within: .seconds(5))
        #expect(connection.isClosed)
    }

    @Test func `The user's application name wins over ours`() async throws {
        var options = ConnectOptions()
        options.applicationName = "ours"
        for (parameters, expected) in [([:], "ours"), (["application_name": "theirs"], "theirs")] {
            let text = try await SharedServer.server.connectionString(parameters: parameters)
            let connection = try await Connection.connect(
                ConnectionString(text),
                options: options,
                deadline: .now + .seconds(20)
            )
            #expect(try await connection.query("SHOW application_name").scalar == expected)
            await connection.close(within: .seconds(5))
        }
    }

    @Test func `A missing database is named with its SQLSTATE`() async throws {
        let text = try await SharedServer.server.connectionString(database: "nowhere")
        let error = await libPQError { _ = try await Connection.connect(text) }
        #expect(error?.kind == .server)
        #expect(error?.sqlState == "3D000")
        #expect(error?.message.hasSuffix("database \"nowhere\" does not exist") == true)
    }

    @Test func `A wrong or absent password, a missing pg_hba entry and a full server are told apart`() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = 10
        try await TemporaryPostgres.withServer(configuration) { server in
            try await server.execute("CREATE ROLE app LOGIN PASSWORD 'right'")
            try await server.execute("CREATE ROLE limited LOGIN CONNECTION LIMIT 0")
            try await server.prependHBA("local all app scram-sha-256")
            let wrong = await libPQError {
                _ = try await Connection.connect(server.connectionString(role: "app", password: "hunter2"))
            }
            #expect(wrong?.sqlState == "28P01")
            #expect(wrong?.description.contains("hunter2") == false)

            let absent = await libPQError { _ = try await Connection.connect(server.connectionString(role: "app")) }
            #expect(absent?.kind == .authentication)

            let right = try await Connection.connect(server.connectionString(role: "app", password: "right"))
            await right.close(within: .seconds(5))

            let limited = await libPQError {
                _ = try await Connection.connect(server.connectionString(role: "limited"))
            }
            #expect(limited?.sqlState == "53300")

            try await server.prependHBA("local all app reject")
            let rejected = await libPQError {
                _ = try await Connection.connect(server.connectionString(role: "app", password: "right"))
            }
            #expect(rejected?.sqlState == "28000")
        }
    }

    @Test func `No server, no host and no TLS are told apart`() async throws {
        let refused = await libPQError { _ = try await Connection.connect("host=127.0.0.1 port=1") }
        #expect(refused?.kind == .unreachable)
        let socket = await libPQError { _ = try await Connection.connect("host=/nonexistent") }
        #expect(socket?.kind == .unreachable)
        let unknown = await libPQError {
            // Where no name server answers, the system's resolver takes ten seconds.
            var options = ConnectOptions()
            options.hostTimeout = .seconds(30)
            let string = try ConnectionString("host=no-such-host.invalid")
            _ = try await Connection.connect(string, options: options, deadline: .now + .seconds(40))
        }
        #expect(unknown?.kind == .hostNotFound)
        var configuration = TemporaryPostgres.Configuration()
        configuration.tcpPort = 0
        try await TemporaryPostgres.withServer(configuration) { server in
            let plain = await libPQError {
                _ = try await Connection.connect(
                    server.connectionString(via: .tcp, parameters: ["sslmode": "require"])
                )
            }
            #expect(plain?.kind == .tls)
        }
    }

    @Test func `A standby that takes no writes is named`() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let text = standby.connectionString(parameters: ["target_session_attrs": "read-write"])
                let error = await libPQError { _ = try await Connection.connect(text) }
                #expect(error?.kind == .wrongServerRole)
                let connection = try await Connection.connect(standby.connectionString())
                let refusal = await libPQError { try await connection.query("LISTEN a") }
                #expect(refusal?.sqlState == "25006")
                await connection.close(within: .seconds(5))
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `A server that accepts and says nothing is given up at the deadline`() async throws {
        let silent = SilentServer()
        let start = ContinuousClock.now
        // Nothing else would end it within the test's time.
        var options = ConnectOptions()
        options.hostTimeout = .seconds(3_600)
        let error = await libPQError {
            let string = try ConnectionString("host=127.0.0.1 port=\(silent.port)")
            _ = try await Connection.connect(string, options: options, deadline: .now + .milliseconds(200))
        }
        #expect(error?.kind == .connectTimedOut)
        #expect(error?.message.contains("127.0.0.1") == true)
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `Of several hosts the silent and the absent are passed over`() async throws {
        let silent = SilentServer()
        let server = try await SharedServer.server
        var options = ConnectOptions()
        // The real server has this long as well, and may have to share the machine with every other test.
        options.hostTimeout = .seconds(10)
        let string = try ConnectionString(
            "host=127.0.0.1,127.0.0.1,\(server.socketDirectory) port=\(silent.port),1,\(server.port) user=postgres"
        )
        let connection = try await Connection.connect(string, options: options, deadline: .now + .seconds(60))
        #expect(connection.peer.host == server.socketDirectory)
        await connection.close(within: .seconds(5))
    }

    @Test func `A cancelled connect ends at once`() async throws {
        let silent = SilentServer()
        let outcome = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    _ = try await Connection.connect("host=127.0.0.1 port=\(silent.port)", within: .seconds(3_600))
                    return false
                } catch {
                    return error is CancellationError
                }
            }
            group.cancelAll()
            return await group.next()
        }
        #expect(outcome == true)
    }
}
