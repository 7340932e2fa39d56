import ClusterFormationTesting
import Dispatch
import Foundation
import PostgresTesting
import Testing

@testable import LibPQ

/// The search for a server as it is run: names, addresses, time, and what one attempt leaves to the next.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SearchTests {
    private func connect(
        _ text: String,
        within limit: Duration = .seconds(30),
        _ change: (inout ConnectOptions) -> Void = { _ in }
    ) async throws -> Connection {
        var options = ConnectOptions()
        change(&options)
        return try await Connection.connect(ConnectionString(text), options: options, deadline: .now + limit)
    }

    private func withServer(_ body: (TemporaryPostgres) async throws -> Void) async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.tcpPort = 0
        try await TemporaryPostgres.withServer(configuration, body)
    }

    @Test func `A name whose first address is silent is reached at its second`() async throws {
        try await self.withServer { server in
            let silent = SilentServer(address: 0x7f00_0002, port: server.port)
            let connection = try await self.connect("host=several port=\(server.port) user=postgres") { options in
                options.hostTimeout = .seconds(5)
                options.lookUp = {
                    $0 == "several" ? .success(["127.0.0.2", "127.0.0.1"]) : HostResolver.addresses(of: $0)
                }
            }
            #expect(connection.peer.place == HostAddress(host: "several", address: "127.0.0.1", port: "\(server.port)"))
            await connection.close(within: .seconds(5))
            withExtendedLifetime(silent) {}
        }
    }

    @Test func `Of four hosts of which three are silent the fourth is reached, though each attempt has time for two`()
        async throws
    {
        try await self.withServer { server in
            let silent = SilentServer()
            let ports = "\(silent.port),\(silent.port),\(silent.port),\(server.port)"
            let text =
                "host=127.0.0.1,localhost,127.0.0.1,127.0.0.1 hostaddr=127.0.0.1,,127.0.0.1, port=\(ports) user=postgres"
            let memory = ConnectMemory()
            var connection: Connection?
            for _ in 0..<20 where connection == nil {
                connection = try? await self.connect(text, within: .milliseconds(1_500)) { options in
                    options.hostTimeout = .seconds(1)
                    options.memory = memory
                }
            }
            #expect(connection?.peer.place.port == "\(server.port)")
            await connection?.close(within: .seconds(5))
        }
    }

    @Test func `A resolver that never answers costs its host's time and no more`() async throws {
        let server = try await SharedServer.server
        let gate = DispatchSemaphore(value: 0)
        defer { gate.signal() }
        let connection = try await self.connect("host=stuck,\(server.socketDirectory) port=1,5432 user=postgres") {
            options in
            // The real server has this long as well, and may have to share the machine with every other test.
            options.hostTimeout = .seconds(5)
            options.lookUp = { _ in
                gate.wait()
                return .failure(LibPQError(.hostNotFound, "late"))
            }
        }
        await connection.close(within: .seconds(5))
    }

    @Test(.timeLimit(.minutes(1)))
    func `A connect_timeout of the user's wins over ours`() async throws {
        let silent = SilentServer()
        let start = ContinuousClock.now
        let text = "host=127.0.0.1 port=\(silent.port) connect_timeout=2"
        // Nothing else would end it within the test's time.
        let error = await libPQError {
            _ = try await self.connect(text, within: .seconds(3_600)) { $0.hostTimeout = .seconds(3_600) }
        }
        #expect(error?.kind == .connectTimedOut)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test func `A server that takes the connection and closes it is passed over`() async throws {
        try await self.withServer { server in
            let closing = SilentServer(answering: UInt8(ascii: "N"), thenCloses: true)
            let text = "host=127.0.0.1,127.0.0.1 port=\(closing.port),\(server.port) user=postgres"
            let connection = try await self.connect(text)
            #expect(connection.peer.port == "\(server.port)")
            await connection.close(within: .seconds(5))
        }
    }

    @Test func `A proxy that agrees to TLS and closes has broken the connection, and the next host is tried`()
        async throws
    {
        let broken = await libPQError {
            let proxy = SilentServer(answering: UInt8(ascii: "S"), thenCloses: true)
            // It is the end that is waited for, not the time limit.
            _ = try await self.connect("host=127.0.0.1 port=\(proxy.port) sslmode=require", within: .seconds(50)) {
                $0.hostTimeout = .seconds(50)
            }
        }
        #expect(broken?.kind == .connectionLost, "\(broken?.message ?? "")")
        try await self.withServer { server in
            let proxy = SilentServer(answering: UInt8(ascii: "S"), thenCloses: true)
            let text = "host=127.0.0.1,\(server.socketDirectory) port=\(proxy.port),\(server.port) sslmode=require"
            let connection = try await self.connect("\(text) user=postgres")
            await connection.close(within: .seconds(5))
        }
    }

    @Test(arguments: [false, true]) func `With several hosts the primary is found, by itself or by asking`(
        _ isReported: Bool
    ) async throws {
        var standby = StubServer.Script()
        var primary = StubServer.Script()
        if isReported {
            standby.parameters["in_hot_standby"] = "on"
            primary.parameters["in_hot_standby"] = "off"
        } else {
            // As servers before version 14.
            standby.answer = { $0 == ServerRole.Facts.question ? .rows([["t", "on"]]) : .rows([]) }
            primary.answer = { $0 == ServerRole.Facts.question ? .rows([["f", "off"]]) : .rows([]) }
        }
        try await StubServer.withServer(standby) { standby in
            try await StubServer.withServer(primary) { primary in
                let text = "host=127.0.0.1,127.0.0.1 port=\(standby.port),\(primary.port) user=postgres"
                let connection = try await self.connect(text)
                #expect(connection.peer.port == "\(primary.port)")
                await connection.close(within: .seconds(5))
                #expect(primary.statements == (isReported ? [] : [ServerRole.Facts.question]))

                let error = await libPQError {
                    _ = try await self.connect("host=127.0.0.1,127.0.0.1 port=\(standby.port),1 user=postgres")
                }
                #expect(error?.kind == .wrongServerRole)
                #expect(error?.message.contains("hot standby") == true)
            }
        }
    }

    @Test(arguments: [
        (StubServer.Answer.silence, LibPQError.Kind.connectTimedOut), (.end, .connectionLost), (.copy, .connectionLost),
        (.rows([]), .wrongServerRole), (.rows([[nil, nil]]), .wrongServerRole),
        (.refusal(.init(severity: "ERROR", sqlState: "42883", message: "x")), .wrongServerRole),
        (.refusal(.init(severity: "FATAL", sqlState: "57P01", message: "x")), .connectionLost),
    ])
    func `A server that does not tell what it is, is passed over, however it does that`(
        _ answer: StubServer.Answer,
        _ kind: LibPQError.Kind
    ) async throws {
        var script = StubServer.Script()
        script.answer = { _ in answer }
        var primary = StubServer.Script()
        primary.parameters["in_hot_standby"] = "off"
        try await StubServer.withServer(script) { server in
            let error = await libPQError {
                let text = "host=127.0.0.1 port=\(server.port) user=app target_session_attrs=primary"
                _ = try await self.connect(text) { if kind == .connectTimedOut { $0.hostTimeout = .seconds(1) } }
            }
            #expect(error?.kind == kind, "\(error?.message ?? "")")
            try await StubServer.withServer(primary) { primary in
                let text = "host=127.0.0.1,127.0.0.1 port=\(server.port),\(primary.port) user=app"
                let connection = try await self.connect(text) { $0.hostTimeout = .seconds(5) }
                #expect(connection.peer.port == "\(primary.port)")
                await connection.close(within: .seconds(5))
            }
        }
    }

    @Test func `A server that is starting is passed over, as psql does`() async throws {
        var starting = StubServer.Script()
        starting.refusal = { _ in .init(severity: "FATAL", sqlState: "57P03", message: "wird gestartet") }
        try await StubServer.withServer(starting) { starting in
            try await self.withServer { server in
                let text = "host=127.0.0.1,127.0.0.1 port=\(starting.port),\(server.port) user=postgres"
                let connection = try await self.connect(text)
                #expect(connection.peer.port == "\(server.port)")
                await connection.close(within: .seconds(5))
                #expect(try await server.execute("SELECT 1", address: "\(text) dbname=postgres") == "1")
            }
        }
    }

    @Test(arguments: ["FATAL", "FATALER FEHLER", "致命的エラー", "ВАЖНО", "ÖLÜMCÜL (FATAL)"])
    func `A refusal in any language keeps its SQLSTATE`(_ severity: String) async throws {
        var script = StubServer.Script()
        script.refusal = { _ in .init(severity: severity, sqlState: "28P01", message: "パスワード認証に失敗しました") }
        try await StubServer.withServer(script) { server in
            let error = await libPQError {
                _ = try await self.connect("host=127.0.0.1 port=\(server.port) user=app@server")
            }
            #expect(error?.kind == .server)
            #expect(error?.sqlState == "28P01")
            #expect(error?.message.hasSuffix("failed: パスワード認証に失敗しました") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `A role that reads only by default is served where the primary is meant`() async throws {
        try await self.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN; ALTER ROLE app SET default_transaction_read_only = on")
            let text = "host=127.0.0.1,127.0.0.1 port=1,\(server.port) user=app dbname=postgres"
            let connection = try await self.connect(text)
            let buffer = try await connection.listen("c")
            try await connection.query("SELECT pg_notify('c', 'heard')")
            var iterator = buffer.notifications.makeAsyncIterator()
            #expect(try await iterator.next()?.payload == "heard")
            await connection.close(within: .seconds(5))
            let error = await libPQError { _ = try await self.connect("\(text) target_session_attrs=read-write") }
            #expect(error?.kind == .wrongServerRole)
        }
    }

    @Test func `A step whose attempt was cancelled meanwhile sets no timer any more`() async throws {
        let silent = SilentServer()
        let gate = DispatchSemaphore(value: 0)
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        weak var leftover: ConnectAttempt?
        do {
            var options = ConnectOptions()
            options.hostTimeout = .seconds(3_600)
            options.lookUp = { _ in
                step.yield()
                gate.wait()
                return .success(["127.0.0.1"])
            }
            let attempt = ConnectAttempt(
                try ConnectionString("host=late port=\(silent.port)"),
                options: options,
                deadline: .now + .seconds(3_600)
            )
            leftover = attempt
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await attempt.run() }
                for await _ in steps { break }
                group.cancelAll()
            }
        }
        gate.signal()
        // A timer that was left would keep it for an hour.
        let deadline = ContinuousClock.now + .seconds(10)
        while leftover != nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(leftover == nil)
    }

    @Test func `A name with an @ in it can be read in what the server says of it`() async throws {
        try await self.withServer { server in
            let error = await libPQError {
                _ = try await self.connect(
                    "host=127.0.0.1 port=\(server.port) user=app@server password=hunter2 dbname=postgres"
                )
            }
            #expect(error?.message.contains("app@server") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("hunter2") == false)
        }
    }

    @Test func `The password file is read at each connect, so that a password may rotate`() async throws {
        try await self.withServer { server in
            try await server.execute(
                "SET password_encryption = 'scram-sha-256'; CREATE ROLE app LOGIN PASSWORD 'second'"
            )
            try await server.prependHBA("host all app 127.0.0.1/32 scram-sha-256")
            let path = "\(server.socketDirectory)/passwords"
            let text =
                "host=db,localhost hostaddr=127.0.0.2,127.0.0.1 port=\(server.port) user=app dbname=postgres passfile=\(path)"
            let write = { (password: String, permissions: Int) in
                // By the host's name, not by its address.
                try "localhost:*:*:app:\(password)\n".write(toFile: path, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
            }
            try write("first", 0o600)
            let wrong = await libPQError { _ = try await self.connect(text) }
            #expect(wrong?.sqlState == "28P01", "\(wrong?.message ?? "")")
            try write("second", 0o600)
            try await self.connect(text).close(within: .seconds(5))
            // libpq passes over a file that others may read.
            try write("second", 0o644)
            #expect(PasswordFile.isIgnored(["passfile": path]))
            let open = await libPQError { _ = try await self.connect(text) }
            #expect(open?.kind == .authentication, "\(open?.message ?? "")")
        }
    }
}
