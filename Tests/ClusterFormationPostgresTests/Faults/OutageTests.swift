import ClusterAnnouncements
import ClusterFormation
import ClusterFormationPostgres
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// A server that goes away, comes back, or lets nobody in.
@Suite(.serialized) struct OutageTests {
    @Test(.timeLimit(.minutes(3))) func aServerThatIsDownAtTheStartIsWaitedFor() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.stop()
            let members = try (1...2).map { try FaultMember($0, server.connectionString()) }
            try await FaultMember.run(members) {
                let condition = try await members[0].waitUntilImpaired(by: "unreachable")
                #expect(condition.message?.contains("that PostgreSQL runs") == true)
                try await server.start()
                try await FaultMember.waitUntilWhole(members)
            }
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: [true, false])
    func aRestartDropsNoLink(isFast: Bool) async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...3).map { try FaultMember($0, server.connectionString()) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(
                    members,
                    noticing: ["server_unavailable", "unreachable", "connection_lost"]
                ) {
                    try await server.stop(mode: isFast ? .fast : .immediate)
                } repair: {
                    try await server.start()
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func sessionsThatAreTerminatedAgainAndAgainAreMadeAgain() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...3).map { try FaultMember($0, server.connectionString()) }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                for _ in 0..<5 {
                    let before = members.map(\.events.value.count)
                    try await server.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '% faults'"
                    )
                    for (member, count) in zip(members, before) { try await member.waitUntilActive(since: count) }
                }
                FaultMember.expectLinksUntouched(members)
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aRoleWithoutAConnectionLeftIsToldSo() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN")
            let members = try (1...2).map { try FaultMember($0, server.connectionString(role: "app")) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(members, noticing: ["too_many_connections"]) {
                    try await server.execute("ALTER ROLE app CONNECTION LIMIT 0")
                    try await server.terminateAll(role: "app")
                } repair: {
                    try await server.execute("ALTER ROLE app CONNECTION LIMIT 10")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aFullServerIsNamedAndJoinedOnceItHasRoom() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = 6
        configuration.settings["superuser_reserved_connections"] = "3"
        try await TemporaryPostgres.withServer(configuration) { server in
            try await server.execute("CREATE ROLE app LOGIN")
            let members = try (1...3).map { try FaultMember($0, server.connectionString(role: "app"), isPatient: true) }
            try await FaultMember.run(Array(members[..<2])) {
                try await FaultMember.waitUntilWhole(Array(members[..<2]))
                let last = try await PostgresNotifier(connection: server.connectionString(role: "app")).openSession(
                    NotifierSessionRequest(channel: "x", applicationName: "x", presence: .init(cluster: 1, instance: 1))
                )
                try await FaultMember.run([members[2]]) {
                    let condition = try await members[2].waitUntilImpaired(by: "too_many_connections")
                    #expect(condition.message?.contains("max_connections") == true)
                    await last.close(farewell: nil, within: .seconds(5))
                    try await FaultMember.waitUntilWhole(members)
                    FaultMember.expectLinksUntouched(members)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aChangedPasswordIsNamedAndNeverLogged() async throws {
        let password = "correct-horse-battery"
        try await TemporaryPostgres.withServer { server in
            try await server.execute(
                "SET password_encryption = 'scram-sha-256'; CREATE ROLE app LOGIN PASSWORD '\(password)'"
            )
            try await server.prependHBA("local all app scram-sha-256")
            let connection = server.connectionString(role: "app", password: password)
            let members = try (1...2).map { try FaultMember($0, connection) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(members, noticing: ["authentication_failed"]) {
                    try await server.execute("ALTER ROLE app PASSWORD 'another'")
                    try await server.terminateAll(role: "app")
                } repair: {
                    try await server.execute("ALTER ROLE app PASSWORD '\(password)'")
                }
            }
            for member in members {
                #expect(!member.log.all.contains { $0.contains(password) })
                #expect(!"\(member.events.value)".contains(password))
                var dumped = ""
                dump(member.cluster, to: &dumped)
                #expect(!dumped.contains(password))
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aDroppedDatabaseIsNamedAndTheNextOneIsUsed() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE DATABASE app")
            let members = try (1...2).map { try FaultMember($0, server.connectionString(database: "app")) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(members, noticing: ["database_missing"]) {
                    try await server.execute("DROP DATABASE app WITH (FORCE)")
                } repair: {
                    try await server.execute("CREATE DATABASE app")
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aRoleThatMayNotConnectIsToldWhatItNeeds() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN")
            try await server.execute("REVOKE CONNECT ON DATABASE postgres FROM PUBLIC")
            let member = try FaultMember(1, server.connectionString(role: "app"))
            try await FaultMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: "permission_denied")
                #expect(condition.message?.contains("CONNECT") == true)
                let count = member.events.value.count
                try await server.execute("GRANT CONNECT ON DATABASE postgres TO app")
                try await member.waitUntilActive(since: count)
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func theServersLowTimeLimitsDoNotEndASession() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.settings = ["idle_session_timeout": "300ms", "statement_timeout": "200ms"]
        try await TemporaryPostgres.withServer(configuration) { server in
            let members = try (1...2).map {
                try FaultMember($0, server.connectionString(), heartbeat: .seconds(2), isPatient: true)
            }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                // In a session that is not subject to the limits itself.
                let unlimited = server.connectionString(
                    parameters: ["options": "-c idle_session_timeout=0 -c statement_timeout=0"]
                )
                func sessions() async throws -> String {
                    try await server.execute(
                        "SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity WHERE application_name LIKE '% faults'",
                        address: unlimited
                    )
                }
                let before = try await sessions()
                // A new session of psql's is ended by the server's limit: it is in force.
                await #expect(throws: TemporaryPostgresError.self) { try await server.execute("SELECT pg_sleep(2)") }
                _ = try await server.execute("SELECT pg_sleep(3)", address: unlimited)
                #expect(try await sessions() == before)
                FaultMember.expectLinksUntouched(members)
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aLongOutageIsToldOnceNotOnEveryAttempt() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map { try FaultMember($0, server.connectionString(), isPatient: true) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(members, noticing: ["unreachable"]) {
                    try await server.stop(mode: .immediate)
                    // Several attempts' time: each is at most 200 ms, 400 ms, 800 ms after the one before.
                    try await members[0].waitUntilImpaired(by: "unreachable")
                    try await members[1].waitUntilImpaired(by: "unreachable")
                } repair: {
                    try await server.start()
                }
                for member in members {
                    let warnings = member.log.all.filter { $0.hasPrefix("warning") }
                    #expect(warnings.count <= 4, "\(warnings)")
                }
            }
        }
    }
}
