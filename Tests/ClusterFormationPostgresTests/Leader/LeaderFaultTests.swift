import ClusterFormation
import PoolerTesting
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Leaders on a real server that fails, or that is failed by the way to it.
@Suite(.serialized, .timeLimit(.minutes(4))) struct LeaderFaultTests {
    private static let terminate = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted
        """

    @Test func `A leader whose session the server ends is over at once, and the next one waits for its child`()
        async throws
    {
        try await TemporaryPostgres.withServer { server in
            let stage = LeaderStage()
            let members = try (1...2).map { try LeaderMember($0, server.connectionString(), on: stage) }
            try await LeaderMember.run(members) {
                let first = try await stage.waitForLeader()
                try await server.execute(Self.terminate)
                let end = try await stage.waitForEnd(of: first.leadership.fencingToken)
                let second = try await stage.waitForLeader(after: 1)
                let wait = end.duration(to: second.beganAt)
                // Its lock was free all the while.
                #expect(wait > .seconds(1))
                #expect(wait < .seconds(20))
            }
            stage.expectOneAtATime()
        }
    }

    @Test func `A leader behind a cut network ends its child before the server frees its lock`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                let stage = LeaderStage()
                var configuration = LeaderMember.configuration()
                configuration.probeInterval = .seconds(1)
                let leader = try LeaderMember(
                    1,
                    server.connectionString(throughPort: proxy.port),
                    on: stage,
                    configuration: configuration
                )
                let other = try LeaderMember(2, server.connectionString(), on: stage)
                try await LeaderMember.run([leader]) {
                    let first = try await stage.waitForLeader()
                    try await LeaderMember.run([other]) {
                        let cutAt = ContinuousClock.now
                        proxy.setFaults {
                            $0.swallowsClientToServer = true
                            $0.swallowsServerToClient = true
                        }
                        let end = try await stage.waitForEnd(of: first.leadership.fencingToken)
                        #expect(cutAt.duration(to: end) < .seconds(20))
                        let second = try await stage.waitForLeader(other: 1)
                        #expect(second.member == 2)
                        // Three seconds after the lock was free; a second of them for a machine that is busy.
                        #expect(end.duration(to: second.beganAt) > .seconds(2))
                        #expect(leader.service.isLeader == false)
                        // It tries to connect again by then, on a machine that is slow.
                        #expect(["unresponsive", "unreachable"].contains(leader.service.condition.code))
                        proxy.cutAll()
                        proxy.setFaults { $0 = FaultProxy.Faults() }
                    }
                    try await stage.waitForLeader(after: 2, other: 2)
                }
                stage.expectOneAtATime()
            }
        }
    }

    @Test func `A frozen process of the server keeps its lock, and its leader does not lead`() async throws {
        try await TemporaryPostgres.withServer { server in
            let stage = LeaderStage()
            let members = try (1...2).map { try LeaderMember($0, server.connectionString(), on: stage) }
            try await LeaderMember.run(members) {
                let first = try await stage.waitForLeader()
                let holder = try await server.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")
                let processID = try #require(Int32(holder))
                Signal.stop.send(to: processID)
                try await stage.waitForEnd(of: first.leadership.fencingToken)
                try await members[first.member - 1].waitUntilImpaired(by: "unresponsive")
                #expect(stage.all.count == 1)
                Signal.continue.send(to: processID)
                try await stage.waitForLeader(after: 1)
            }
            stage.expectOneAtATime()
        }
    }

    @Test func `After a crash of the server, and after a failover, the number has grown`() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let hosts = "\(primary.socketDirectory),\(standby.socketDirectory)"
                let connection =
                    "host=\(hosts) port=\(primary.port),\(standby.port) user=postgres dbname=postgres "
                    + "target_session_attrs=primary"
                let stage = LeaderStage()
                let members = try (1...2).map { try LeaderMember($0, connection, on: stage) }
                try await LeaderMember.run(members) {
                    try await stage.waitForLeader()
                    // No other transaction makes the number grow meanwhile.
                    try await primary.kill()
                    try await primary.start()
                    try await stage.waitForLeader(after: 1)
                    let count = stage.all.count
                    try await TableStrategyTests.wait(
                        primary,
                        until:
                            "SELECT count(*) = 1 FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_flush_lsn()"
                    )
                    try await primary.kill()
                    try await standby.promote()
                    try await stage.waitForLeader(after: count)
                }
                stage.expectOneAtATime()
            }
        }
    }

    // MARK: What an operator has to mend

    @Test func `Behind a pooler in transaction mode nobody leads, and it is named`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "transaction", before: server) { pooler in
                let stage = LeaderStage()
                let member = try LeaderMember(1, pooler.connectionString, on: stage)
                try await LeaderMember.run([member]) {
                    let condition = try await member.waitUntilImpaired(by: "pooler")
                    #expect(condition.message?.contains("session mode") == true)
                }
                #expect(stage.all.isEmpty)
            }
        }
    }

    @Test func `Behind a pooler in session mode somebody leads`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "session", before: server) { pooler in
                let stage = LeaderStage()
                let members = try (1...2).map { try LeaderMember($0, pooler.connectionString, on: stage) }
                try await LeaderMember.run(members) {
                    let first = try await stage.waitForLeader()
                    members[first.member - 1].leave()
                    try await stage.waitForLeader(after: 1)
                }
                stage.expectOneAtATime()
            }
        }
    }

    @Test func `A standby, and a role without the right, are named`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE node LOGIN")
            try await server.execute(
                "REVOKE EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) FROM PUBLIC"
            )
            let stage = LeaderStage()
            let member = try LeaderMember(
                1,
                server.connectionString(role: "node"),
                on: stage,
                configuration: LeaderMember.configuration(leaseTime: .seconds(6))
            )
            try await LeaderMember.run([member]) {
                let condition = try await member.waitUntilImpaired(by: "permission_denied")
                #expect(condition.message?.contains("pg_logical_emit_message") != false)
                try await server.execute(
                    "GRANT EXECUTE ON FUNCTION pg_logical_emit_message(boolean, text, text) TO PUBLIC"
                )
                try await stage.waitForLeader()
            }
            try await server.restartAsStandby()
            let late = try LeaderMember(2, server.connectionString(), on: stage)
            try await LeaderMember.run([late]) { try await late.waitUntilImpaired(by: "standby") }
            #expect(stage.all.count == 1)
        }
    }

    // MARK: Many changes

    /// Two hundred, over processes and all faults, are what Scripts/soak --leaders makes.
    @Test func `Some tens of changes of leader, and never two that the number could not tell apart`() async throws {
        try await TemporaryPostgres.withServer { server in
            var configuration = LeaderMember.configuration()
            configuration.leaseTime = .seconds(1)
            configuration.stopTime = .milliseconds(500)
            configuration.retryInterval = .milliseconds(100)
            configuration.restartBackoff = Backoff(initial: .milliseconds(1), maximum: .milliseconds(5))
            let stage = LeaderStage()
            let members = try (1...4).map {
                try LeaderMember($0, server.connectionString(), on: stage, configuration: configuration)
            }
            // As many as there is time for, on a machine that is busy; a single one has the usual patience.
            let (fewest, most) = (10, 40)
            let deadline = ContinuousClock.now + .seconds(40)
            try await LeaderMember.run(members) {
                var turn = 0
                while turn < most, turn < fewest || ContinuousClock.now < deadline {
                    let leader: LeaderStage.Turn
                    do {
                        leader = try await stage.waitForLeader(after: turn)
                    } catch {
                        for member in members { print(member.service.condition, member.log.all.suffix(6)) }
                        throw error
                    }
                    if turn % 8 == 7 {
                        try await server.execute(Self.terminate)
                    } else {
                        members[leader.member - 1].childEnd.update { $0 = true }
                    }
                    try await stage.waitForEnd(of: leader.leadership.fencingToken)
                    turn += 1
                }
                try await stage.waitForTurns(turn + 1)
            }
            stage.expectOneAtATime()
        }
    }
}
