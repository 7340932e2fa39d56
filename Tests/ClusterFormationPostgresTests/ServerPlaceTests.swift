import LibPQ
import Testing

@testable import ClusterFormationPostgres
@testable import PostgresTesting

@Suite struct ServerPlaceTests {
    @Test(.timeLimit(.minutes(1))) func sessionsOfOneDatabaseHaveOnePlace() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE DATABASE other")
            let first = try await self.place(server.connectionString())
            let second = try await self.place(server.connectionString())
            let elsewhere = try await self.place(server.connectionString(database: "other"))
            #expect(first == second)
            #expect(first?.hasPrefix("postgres@") == true)
            #expect(elsewhere?.hasPrefix("other@") == true)
            #expect(first?.dropFirst("postgres".count) == elsewhere?.dropFirst("other".count))
        }
    }

    @Test func halfAPlaceIsNone() {
        #expect(ServerPlace.text(database: "app", startedAt: "17") == "app@17")
        #expect(ServerPlace.text(database: nil, startedAt: "17") == nil)
        #expect(ServerPlace.text(database: "app", startedAt: nil) == nil)
    }

    private func place(_ connection: String) async throws -> String? {
        let connector = PostgresConnector(string: try ConnectionString(connection), configuration: .init())
        let shared = try await connector.connect(applicationName: "place")
        let result = try await shared.connection.query(
            "SELECT \(ServerPlace.columns)",
            format: .binary,
            timeout: .seconds(10)
        )
        await shared.connection.close(within: .seconds(5))
        let row = try #require(result.rows.first)
        return ServerPlace.text(database: row[0], startedAt: row[1])
    }
}
