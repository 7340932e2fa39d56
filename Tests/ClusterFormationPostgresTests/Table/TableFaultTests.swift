import ClusterAnnouncements
import ClusterFormation
import LibPQ
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// What servers, operators and their tables do while nodes run; each is named, and costs nobody anything.
@Suite(.serialized, .timeLimit(.minutes(4))) struct TableFaultTests {
    private func withMembers(
        _ count: Int = 3,
        _ configuration: TemporaryPostgres.Configuration = .init(),
        body: (TemporaryPostgres, [TableMember]) async throws -> Void
    ) async throws {
        try await TemporaryPostgres.withServer(configuration) { server in
            let members = try (1...count).map { try TableMember($0, server.connectionString()) }
            try await TableMember.run(members) { try await body(server, members) }
        }
    }

    @Test func `A server that is away for longer than a time-to-live`() async throws {
        try await self.withMembers { server, members in
            try await TableMember.survive(members, noticing: ["unreachable", "connection_lost", "server_unavailable"]) {
                try await server.stop(mode: .immediate)
            } repair: {
                try await server.start()
            }
            // The table is unlogged, so that it was empty after the crash.
            for _ in 0..<5 { try await TableStrategyTests.waitForBeats(server) }
            TableMember.expectNothingLost(members)
        }
    }

    @Test func `A server that is frozen`() async throws {
        try await self.withMembers { server, members in
            try await TableMember.survive(members, noticing: ["unresponsive"]) {
                try await server.freeze()
            } repair: {
                try server.thaw()
            }
        }
    }

    @Test func `A table that is dropped while nodes run is made again`() async throws {
        try await self.withMembers { server, members in
            try await TableMember.waitUntilWhole(members)
            try await server.execute("DROP TABLE cluster_members")
            try await TableStrategyTests.wait(server, until: "SELECT to_regclass('cluster_members') IS NOT NULL")
            try await TableStrategyTests.wait(server, until: "SELECT count(*) = 3 FROM cluster_members")
            for _ in 0..<5 { try await TableStrategyTests.waitForBeats(server) }
            TableMember.expectNothingLost(members)
            #expect(members.contains { $0.log.all.contains { $0.contains("has been created") } })
        }
    }

    @Test func `A table that is emptied while nodes run`() async throws {
        try await self.withMembers { server, members in
            try await TableMember.waitUntilWhole(members)
            for _ in 0..<3 {
                try await server.execute("TRUNCATE cluster_members")
                try await TableStrategyTests.wait(server, until: "SELECT count(*) = 3 FROM cluster_members")
            }
            TableMember.expectNothingLost(members)
        }
    }

    @Test func `A table that is missing is named with its statement, and used once it is there`() async throws {
        try await TemporaryPostgres.withServer { server in
            let member = try TableMember(1, server.connectionString(), createsTable: false)
            try await TableMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: ["table_missing"])
                let message = try #require(condition.message)
                // As it stands there, whole.
                try await server.execute(String(try #require(message.split(separator: "run: ").last)))
                try await member.waitUntilActive()
            }
        }
    }

    @Test func `A table of other columns is named`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE TABLE cluster_members (cluster text, instance text, seen timestamptz)")
            let member = try TableMember(1, server.connectionString())
            try await TableMember.run([member]) { try await member.waitUntilImpaired(by: ["table_mismatched"]) }
            try await server.execute("DROP TABLE cluster_members")
            // Without a primary key a row could not be found again.
            let statement = try PostgresTableStrategy.createStatement()
            try await server.execute(statement.replacing("PRIMARY KEY (cluster, instance)", with: "CHECK (true)"))
            let other = try TableMember(2, server.connectionString())
            try await TableMember.run([other]) { try await other.waitUntilImpaired(by: ["table_mismatched"]) }
        }
    }

    @Test func `A role without rights is told what it needs`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            try await server.execute("CREATE ROLE node LOGIN; GRANT SELECT ON cluster_members TO node")
            let member = try TableMember(1, server.connectionString(role: "node"))
            try await TableMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: ["permission_denied"])
                let grant = "GRANT SELECT, INSERT, UPDATE, DELETE ON \"cluster_members\" TO"
                #expect(condition.message?.contains(grant) == true)
                try await server.execute("\(grant) node")
                try await member.waitUntilActive()
            }
        }
    }

    @Test func `A table that swallows what is written is not taken for an empty one`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            try await server.execute(
                "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
            )
            let members = try (1...2).map { try TableMember($0, server.connectionString()) }
            try await TableMember.run(members) {
                try await TableMember.survive(members, noticing: ["undelivered"]) {
                    try await server.execute(
                        """
                        CREATE TRIGGER swallow BEFORE INSERT ON cluster_members FOR EACH ROW EXECUTE FUNCTION swallow();
                        TRUNCATE cluster_members
                        """
                    )
                } repair: {
                    try await server.execute("DROP TRIGGER swallow ON cluster_members")
                }
                for _ in 0..<5 { try await TableStrategyTests.waitForBeats(server) }
                TableMember.expectNothingLost(members)
            }
        }
    }

    @Test func `A table that the role may not make is asked for with its statement`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE SCHEMA infra; CREATE ROLE node LOGIN; GRANT USAGE ON SCHEMA infra TO node")
            let connection = server.connectionString(role: "node")
            let member = try TableMember(1, connection, table: "infra.members")
            try await TableMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: ["permission_denied"])
                let statement = try #require(condition.message?.split(separator: "run: ").last)
                try await server.execute(String(statement))
                try await server.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON infra.members TO node")
                try await member.waitUntilActive()
            }
        }
    }

    @Test func `Rows that a policy forbids are named with the server's words`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            try await server.execute(
                """
                CREATE ROLE node LOGIN; GRANT ALL ON cluster_members TO node;
                ALTER TABLE cluster_members ENABLE ROW LEVEL SECURITY
                """
            )
            let member = try TableMember(1, server.connectionString(role: "node"))
            try await TableMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: ["permission_denied"])
                #expect(condition.message?.contains("row-level security") == true)
            }
        }
    }

    @Test func `A table that is locked is named, and no connections pile up behind the lock`() async throws {
        try await self.withMembers { server, members in
            try await TableMember.waitUntilWhole(members)
            let locker = try await Connection.connect(
                ConnectionString(server.connectionString()),
                deadline: .now + .seconds(20)
            )
            let before = members.map(\.events.value.count)
            try await locker.query("BEGIN")
            try await locker.query("LOCK TABLE cluster_members")
            for (member, count) in zip(members, before) {
                let condition = try await member.waitUntilImpaired(by: ["busy"], since: count)
                #expect(condition.message?.contains("holds") == true, "\(condition)")
            }
            // For each node one that waits, and one that asks; however often it was tried meanwhile.
            let sessions = try await server.execute(
                "SELECT count(*) <= 6 FROM pg_stat_activity WHERE application_name LIKE '%table-test'"
            )
            #expect(sessions == "t")
            let during = members.map(\.events.value.count)
            try await locker.query("COMMIT")
            await locker.close(within: .seconds(1))
            for (member, count) in zip(members, during) { try await member.waitUntilActive(since: count) }
            TableMember.expectNothingLost(members)
        }
    }

    @Test func `A standby is named as one, and used once it is promoted`() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.execute(try PostgresTableStrategy.createStatement())
            try await primary.withStandby { standby in
                let member = try TableMember(1, standby.connectionString())
                try await TableMember.run([member]) {
                    let condition = try await member.waitUntilImpaired(by: ["standby"])
                    #expect(condition.message?.contains("target_session_attrs=primary") == true)
                    try await standby.promote()
                    try await member.waitUntilActive()
                }
            }
        }
    }

    @Test func `A failover to a standby, where the table is empty`() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.execute(try PostgresTableStrategy.createStatement())
            try await primary.withStandby { standby in
                let hosts = "\(primary.socketDirectory),\(standby.socketDirectory)"
                let connection = "host=\(hosts) port=\(primary.port),\(standby.port) user=postgres dbname=postgres"
                let members = try (1...3).map { try TableMember($0, connection, createsTable: false) }
                try await TableMember.run(members) {
                    try await TableMember.survive(
                        members,
                        noticing: ["connection_lost", "server_unavailable", "unreachable", "standby"]
                    ) {
                        try await primary.kill()
                    } repair: {
                        try await standby.promote()
                    }
                    for _ in 0..<5 { try await TableStrategyTests.waitForBeats(standby) }
                    #expect(try await standby.execute("SELECT count(*) FROM cluster_members") == "3")
                    TableMember.expectNothingLost(members)
                }
            }
        }
    }
}
