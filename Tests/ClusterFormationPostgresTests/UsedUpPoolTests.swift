import ClusterAnnouncements
import LibPQ
import Locking
import PoolerTesting
import PostgresTesting
import Testing

@testable import ClusterFormationPostgres

/// The second connection that a pooler's verdict needs: where it goes, and what if there is none.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct UsedUpPoolTests {
    private func request(_ channel: String) -> NotifierSessionRequest {
        NotifierSessionRequest(
            channel: channel,
            applicationName: "test",
            presence: PresenceKey(cluster: -7, instance: 1)
        )
    }

    @Test func `The second connection through a pooler goes to the same place as the first`() async throws {
        let logins = Locked(0)
        var starting = StubServer.Script()
        starting.refusal = { _ in
            logins.withLock { $0 += 1 }
            return .init(severity: "FATAL", sqlState: "57P03", message: "starting up")
        }
        try await StubServer.withServer(starting) { starting in
            try await TemporaryPostgres.withServer { server in
                try await TemporaryPooler.withPooler(mode: "session", before: server) { pooler in
                    let notifier = try PostgresNotifier(
                        connection: """
                            host=127.0.0.1,\(server.socketDirectory) port=\(starting.port),\(pooler.port) \
                            user=postgres dbname=postgres target_session_attrs=any
                            """
                    )
                    let session = try await notifier.openSession(self.request("c"))
                    await session.close(farewell: nil, within: .seconds(5))
                    #expect(logins.withLock { $0 } == 1)
                }
            }
        }
    }

    @Test func `A session pool with as many connections as nodes is named, with its remedy`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "session", poolSize: 1, before: server) { pooler in
                var configuration = PostgresNotifierConfiguration()
                configuration.statementTimeout = .seconds(5)
                let notifier = try PostgresNotifier(connection: pooler.connectionString, configuration: configuration)
                let error = await #expect(throws: NotifierError.self) {
                    _ = try await notifier.openSession(self.request("c"))
                }
                #expect(error?.code == .poolExhausted)
                #expect(error?.message.contains("pool_size to at least nodes + 1") == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func `Where the pool has no connection at all, the message says that it may be one`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "session", poolSize: 2, before: server) { pooler in
                var configuration = PostgresNotifierConfiguration()
                configuration.statementTimeout = .seconds(5)
                let connector = PostgresConnector(
                    string: try ConnectionString(pooler.connectionString),
                    configuration: .init()
                )
                let held = try await connector.connect(applicationName: "first")
                let second = try await Connection.connect(
                    ConnectionString(pooler.connectionString),
                    deadline: .now + .seconds(20)
                )
                try await second.query("SELECT 1")
                let notifier = try PostgresNotifier(connection: pooler.connectionString, configuration: configuration)
                let error = await #expect(throws: NotifierError.self) {
                    _ = try await notifier.openSession(self.request("c"))
                }
                #expect(error?.code == .unresponsive)
                #expect(error?.message.contains("nodes + 1") == true, "\(error?.message ?? "")")
                await held.connection.close(within: .seconds(5))
                await second.close(within: .seconds(5))
            }
        }
    }
}
