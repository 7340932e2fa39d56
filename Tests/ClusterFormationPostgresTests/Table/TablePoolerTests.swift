import ClusterAnnouncements
import ClusterFormation
import PoolerTesting
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Through a real PgBouncer in transaction mode, for which the table is made.
@Suite(.serialized, .timeLimit(.minutes(4))) struct TablePoolerTests {
    @Test func `Thirty nodes find each other through five connections of the server`() async throws {
        let key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "transaction", poolSize: 5, before: server) { pooler in
                try await server.execute(try PostgresTableStrategy.createStatement())
                let members = try (1...30).map {
                    try TableMember(
                        $0,
                        pooler.connectionString,
                        key: key,
                        heartbeat: .seconds(1),
                        statementTimeout: .seconds(4),
                        createsTable: false
                    )
                }
                try await TableMember.run(members) {
                    try await TableMember.waitUntilWhole(members)
                    for _ in 0..<5 { try await TableStrategyTests.waitForBeats(server) }
                    TableMember.expectNothingLost(members)
                    #expect(members.allSatisfy { $0.condition.state == .active })
                    let sessions = try await server.execute(
                        "SELECT count(*) <= 5 FROM pg_stat_activity WHERE query LIKE '/* cluster-formation table */%'"
                    )
                    #expect(sessions == "t")
                    // One that leaves is gone for all of them.
                    #expect(try await server.execute("SELECT count(*) FROM cluster_members") == "30")
                }
            }
        }
    }

    @Test(arguments: ["transaction", "statement"])
    func `A pooler that restarts costs nobody anything`(mode: String) async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            var members: [TableMember] = []
            let connection = try await TemporaryPooler.withPooler(mode: mode, before: server) {
                $0.connectionString
            }
            members = try (1...3).map { try TableMember($0, connection) }
            try await TableMember.run(members) {
                let whole = try await TemporaryPooler.withPooler(mode: mode, before: server) { _ in
                    try await TableMember.waitUntilWhole(members)
                    for member in members { try await member.waitUntilActive() }
                    return members.map(\.events.value.count)
                }
                for (member, count) in zip(members, whole) {
                    try await member.waitUntilImpaired(by: ["connection_lost", "unreachable"], since: count)
                }
                let before = members.map(\.events.value.count)
                try await TemporaryPooler.withPooler(mode: mode, before: server) { _ in
                    for (member, count) in zip(members, before) { try await member.waitUntilActive(since: count) }
                    for _ in 0..<3 { try await TableStrategyTests.waitForBeats(server) }
                    TableMember.expectNothingLost(members)
                }
            }
        }
    }

    @Test func `The condition of a pooler that swallows notifications names the table`() {
        #expect(PoolerCheck.verdict.message.contains("PostgresTableStrategy"))
        #expect(DeliveryCheck.verdict("X", because: "y").message.contains("PostgresTableStrategy"))
    }
}
