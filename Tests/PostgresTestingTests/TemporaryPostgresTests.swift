import ClusterFormation
import ClusterFormationTesting
import Foundation
import Testing

@testable import PostgresTesting

@Suite struct TemporaryPostgresTests {
    @Test func `a server answers on its socket and is gone afterwards`() async throws {
        let directory = try await TemporaryPostgres.withServer { server async throws in
            #expect(try await server.execute("SELECT 6 * 7") == "42")
            #expect(try await server.execute("SHOW max_connections") == "100")
            #expect(server.tcpPort == nil)
            #expect("\(server.socketDirectory)/.s.PGSQL.\(server.port)".utf8.count < 100)
            #expect(server.processID != nil)
            return server.socketDirectory
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test func `settings, port and access rules are the configured ones`() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.tcpPort = 0
        configuration.maxConnections = 17
        configuration.settings["idle_session_timeout"] = "1234ms"
        try await TemporaryPostgres.withServer(configuration) { server async throws in
            #expect(try await server.execute("SHOW max_connections") == "17")
            #expect(try await server.execute("SHOW idle_session_timeout") == "1234ms")
            let port = try #require(server.tcpPort)
            #expect(server.connectionString(via: .tcp) == "postgresql://postgres@127.0.0.1:\(port)/postgres")
            try await server.execute("CREATE ROLE app LOGIN PASSWORD 'p'")
            try await server.prependHBA("local all app reject")
            let error = await #expect(throws: TemporaryPostgresError.self) {
                try await server.execute("SELECT 1", role: "app")
            }
            #expect(error?.message.contains("pg_hba.conf rejects connection") == true)
            #expect(try await server.execute("SELECT 1") == "1")
        }
    }

    @Test func `a stopped, restarted or killed server keeps its data and its address`() async throws {
        try await TemporaryPostgres.withServer { server async throws in
            let address = server.connectionString()
            try await server.execute("CREATE TABLE kept (id int)")
            try await server.stop(mode: .immediate)
            #expect(!server.isRunning)
            await #expect(throws: TemporaryPostgresError.self) { try await server.execute("SELECT 1") }
            try await server.start()
            try await server.restart(mode: .fast)
            try await server.kill()
            #expect(server.processID == nil)
            try await server.start()
            #expect(try await server.execute("SELECT count(*) FROM kept") == "0")
            #expect(server.connectionString() == address)
        }
    }

    @Test(.enabled("It needs libfaketime.") { TemporaryPostgres.canSetClocks })
    func `a server's clock can be set, and the machine's stays as it is`() async throws {
        let processIDs = Observed<[Int32]>([])
        var configuration = TemporaryPostgres.Configuration()
        configuration.hasSettableClock = true
        try await TemporaryPostgres.withServer(configuration) { server async throws in
            for seconds in [0, 3_600, -3_600, 86_400, 0, -86_400] {
                try server.setClock(aheadBy: .seconds(seconds))
                #expect(try await abs(self.clockDifference(of: server) - seconds) < 60)
            }
            try await server.restart()
            #expect(try await abs(self.clockDifference(of: server)) < 60)
            processIDs.update { $0 = SettableClock(directory: server.scratch.path).noted }
        }
        #expect(Set(processIDs.value).count == 2)
        #expect(try Self.memory(of: processIDs.value) == [])
    }

    /// What libfaketime keeps in shared memory for processes, where it does; others may use it at the same time.
    private static func memory(of processIDs: [Int32]) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").filter { name in
            name.contains("faketime") && processIDs.contains { name.hasSuffix("_\($0)") }
        }
    }

    /// By how many seconds a server's clock is ahead of the machine's.
    private func clockDifference(of server: TemporaryPostgres) async throws -> Int {
        let told = try await server.execute("SELECT extract(epoch FROM clock_timestamp())::int8")
        return try #require(Int(told)) - Int(Date().timeIntervalSince1970)
    }

    @Test func `a frozen server does not answer until it is thawed`() async throws {
        try await TemporaryPostgres.withServer { server async throws in
            try await server.freeze()
            await #expect(throws: WaitTimeout.self) {
                try await withTimeout(.milliseconds(200)) {
                    "an answer"
                } operation: {
                    try await server.execute("SELECT 1")
                }
            }
            try server.thaw()
            #expect(try await server.execute("SELECT 1") == "1")
        }
    }

    @Test func `a server that is removed while frozen leaves nothing behind`() async throws {
        let server = try await TemporaryPostgres.create()
        try await server.freeze()
        await server.remove()
        #expect(!FileManager.default.fileExists(atPath: server.socketDirectory))
        #expect(!server.isRunning)
    }

    @Test func `a server keeps its shared memory where it is removed after a kill, too`() async throws {
        let directory = try await TemporaryPostgres.withServer { server async throws in
            #expect(try await server.execute("SHOW dynamic_shared_memory_type") == "mmap")
            let segments = "\(server.socketDirectory)/data/pg_dynshmem"
            #expect(try !FileManager.default.contentsOfDirectory(atPath: segments).isEmpty)
            try await server.kill()
            return server.socketDirectory
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test func `a standby streams, refuses writes, and takes them once promoted`() async throws {
        try await TemporaryPostgres.withServer { primary async throws in
            try await primary.withStandby { standby async throws in
                #expect(try await standby.execute("SELECT pg_is_in_recovery()") == "t")
                await #expect(throws: TemporaryPostgresError.self) { try await standby.execute("LISTEN orders") }
                try await primary.kill()
                try await standby.promote()
                try await standby.execute("CREATE TABLE written (id int)")
            }
        }
    }

    @Test func `a server turns into a standby on the same address, and back`() async throws {
        try await TemporaryPostgres.withServer { server async throws in
            try await server.restartAsStandby()
            #expect(try await server.execute("SELECT pg_is_in_recovery()") == "t")
            try await server.promote()
            try await server.restart()
            #expect(try await server.execute("SELECT pg_is_in_recovery()") == "f")
        }
    }

    @Test func `a setting that the server refuses fails with the server's own words`() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.settings["no_such_setting"] = "1"
        let error = await #expect(throws: TemporaryPostgresError.self) {
            try await TemporaryPostgres.withServer(configuration) { _ in }
        }
        #expect(error?.code == .startFailed)
        #expect(error?.message.contains("unrecognized configuration parameter \"no_such_setting\"") == true)
    }

    @Test func `connection strings escape what needs it`() async throws {
        try await TemporaryPostgres.withServer { server async throws in
            try await server.execute("CREATE ROLE \"röl e\" LOGIN")
            try await server.execute("CREATE DATABASE \"d/b?\"")
            #expect(try await server.execute("SELECT current_user", role: "röl e", database: "d/b?") == "röl e")
        }
    }

    @Test func `a server with a certificate proves its name, and an expired one is found out`() async throws {
        try await TestAuthority.withAuthority { authority async throws in
            for days in [1, -1] {
                let files = try await authority.issue(name: "localhost", days: days)
                var configuration = TemporaryPostgres.Configuration()
                configuration.tcpPort = 0
                configuration.tls = .init(certificate: files.certificate, key: files.key)
                try await TemporaryPostgres.withServer(configuration) { server async throws in
                    let address = { (host: String) in
                        server.connectionString(
                            host: host,
                            via: .tcp,
                            parameters: ["sslmode": "verify-full", "sslrootcert": authority.certificate]
                        )
                    }
                    let query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
                    if days > 0 {
                        #expect(try await server.execute(query, address: address("localhost")) == "t")
                        await #expect(throws: TemporaryPostgresError.self) {
                            try await server.execute(query, address: address("127.0.0.1"))
                        }
                    } else {
                        let error = await #expect(throws: TemporaryPostgresError.self) {
                            try await server.execute(query, address: address("localhost"))
                        }
                        #expect(error?.message.contains("certificate") == true)
                    }
                }
            }
        }
    }
}
