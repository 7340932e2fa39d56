import LibPQ
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

@Suite struct PostgresConnectorTests {
    @Test(.timeLimit(.minutes(1))) func theServerWatchesItsEndUnlessSomebodyHasSetHow() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.tcpPort = 0
        try await TemporaryPostgres.withServer(configuration) { server in
            try await server.execute("CREATE ROLE app LOGIN; CREATE ROLE choosy LOGIN")
            try await server.execute("ALTER ROLE choosy SET tcp_keepalives_idle = 99")
            #expect(try await self.keepalives(server.connectionString(role: "app", via: .tcp)) == "10 5 3 25000")
            #expect(try await self.keepalives(server.connectionString(role: "choosy", via: .tcp)) == "99 5 3 25000")
            let chosen = server.connectionString(
                role: "app",
                via: .tcp,
                parameters: ["options": "-c tcp_user_timeout=90000 -c tcp_keepalives_count=5"]
            )
            #expect(try await self.keepalives(chosen) == "10 5 5 90000")
        }
    }

    private func keepalives(_ connection: String) async throws -> String? {
        let connector = PostgresConnector(string: try ConnectionString(connection), configuration: .init())
        let shared = try await connector.connect(applicationName: "keepalives")
        let names = ["keepalives_idle", "keepalives_interval", "keepalives_count", "user_timeout"]
        let result = try await shared.connection.query(
            "SELECT concat_ws(' ', \(names.map { "current_setting('tcp_\($0)')" }.joined(separator: ", ")))",
            timeout: .seconds(10)
        )
        await shared.connection.close(within: .seconds(5))
        return result.rows.first?.first ?? nil
    }
}
