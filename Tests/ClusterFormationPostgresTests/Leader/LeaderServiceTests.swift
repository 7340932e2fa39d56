import ClusterFormation
import ClusterFormationPostgres
import Logging
import MetricsTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Leaders on a real server, in peace.
@Suite(.serialized, .timeLimit(.minutes(4))) struct LeaderServiceTests {
    @Test func `One of three leads, and the next one begins soon after it has stopped`() async throws {
        try await TemporaryPostgres.withServer { server in
            let stage = LeaderStage()
            // A leader's mark stays for one and a half retries, and must be seen by a machine that is busy.
            var configuration = LeaderMember.configuration()
            configuration.retryInterval = .seconds(4)
            configuration.leaseTime = .seconds(12)
            let members = try (1...3).map {
                try LeaderMember($0, server.connectionString(), on: stage, configuration: configuration)
            }
            try await LeaderMember.run(members) {
                let first = try await stage.waitForLeader()
                let leader = members[first.member - 1]
                #expect(leader.service.isLeader)
                #expect(leader.service.leadership?.fencingToken == first.leadership.fencingToken)
                #expect(first.leadership.timeLeft > .zero)
                #expect(members.count { $0.service.isLeader } == 1)
                leader.leave()
                let second = try await stage.waitForLeader(after: 1)
                let end = try await stage.waitForEnd(of: first.leadership.fencingToken)
                // Less than the lease that a successor waits for who has not seen the end.
                #expect(end.duration(to: second.beganAt) < .seconds(8))
                #expect(first.leadership.timeLeft == .zero)
            }
            stage.expectOneAtATime()
            #expect(members.allSatisfy { !$0.service.isLeader && $0.service.condition == .stopped })
        }
    }

    @Test func `A child that returns or throws gives its leadership up, and the service goes on`() async throws {
        try await TemporaryPostgres.withServer { server in
            struct Mishap: Error {}
            let count = Observed(0)
            let log = LogLines()
            let metrics = LeaderMember.configuration()
            let service = try LeaderService(
                key: "reports",
                connection: server.connectionString(),
                configuration: metrics,
                logger: Logger(label: "leader", factory: { _ in log.handler })
            ) { _ in
                if count.update({ count in
                    count += 1
                    return count.isMultiple(of: 2)
                }) {
                    throw Mishap()
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try await count.wait(within: LeaderMember.patience) {
                    "four turns; there were \($0)"
                } until: {
                    $0 >= 4
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(log.all.contains { $0.hasPrefix("error") && $0.contains("Mishap") })
            #expect(log.all.contains { $0.contains("leads no more") && $0.contains("returned") })
        }
    }

    @Test func `A child service is shut down gracefully before the lock is given back`() async throws {
        struct Child: Service {
            let hasEnded: Observed<Bool>
            func run() async throws {
                try? await gracefulShutdown()
                #expect(!Task.isCancelled)
                self.hasEnded.update { $0 = true }
            }
        }
        try await TemporaryPostgres.withServer { server in
            let hasEnded = Observed(false)
            let service = try LeaderService(
                key: "reports",
                service: { _ in Child(hasEnded: hasEnded) },
                connection: server.connectionString(),
                configuration: LeaderMember.configuration(),
                logger: Logger(label: "leader", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await service.run() }
                    for await leadership in service.leaderships where leadership != nil { break }
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect(hasEnded.value)
            try await server.wait(for: "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", toBe: "0")
        }
    }

    @Test func `An operator finds the lock with psql, and the server ends a session that falls silent`() async throws {
        try await TemporaryPostgres.withServer { server in
            let stage = LeaderStage()
            let configuration = LeaderMember.configuration(leaseTime: .seconds(6))
            let member = try LeaderMember(1, server.connectionString(), on: stage, configuration: configuration)
            try await LeaderMember.run([member]) {
                try await stage.waitForLeader()
                let found = try await server.execute(
                    """
                    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid),
                    (SELECT ('x' || left(encode(sha256('swift-cluster-formation leader:reports'), 'hex'), 16))::bit(64)
                    ::bigint AS key) k
                    WHERE l.locktype = 'advisory' AND l.objsubid = 1
                    AND (l.classid::bigint << 32 | l.objid::bigint) = k.key
                    """
                )
                #expect(found == "leader reports")
            }
            let metrics = member.metrics
            let began = try metrics.expectCounter(
                "cluster_leader_changes_total",
                [("key", "reports"), ("change", "began")]
            )
            #expect(began.totalValue == 1)
            #expect(try metrics.expectGauge("cluster_leader", [("key", "reports")]).lastValue == 0)
            #expect(member.log.all.count { $0.contains("This node leads") } == 2)
        }
    }

    @Test func `What can't work is refused before anything is opened`() {
        func make(key: String = "k", connection: String = "", _ change: (inout LeaderConfiguration) -> Void = { _ in })
            throws
        {
            var configuration = LeaderConfiguration()
            change(&configuration)
            _ = try LeaderService(
                key: key,
                connection: connection,
                configuration: configuration,
                logger: Logger(label: "leader", factory: { _ in SwiftLogNoOpLogHandler() })
            ) { _ in }
        }
        #expect(throws: Never.self) { try make() }
        #expect(throws: ClusterError.self) { try make(key: "") }
        #expect(throws: ClusterError.self) { try make(key: "a\nb") }
        #expect(throws: ClusterError.self) { try make(key: String(repeating: "k", count: 129)) }
        #expect(throws: ClusterError.self) { try make { $0.leaseTime = .zero } }
        #expect(throws: ClusterError.self) { try make { $0.probeInterval = .seconds(3) } }
        #expect(throws: ClusterError.self) { try make { $0.stopTime = .zero } }
        #expect(throws: ClusterError.self) { try make { $0.retryInterval = .zero } }
        #expect(throws: ClusterError.self) { try make { $0.shutdownTime = .seconds(-1) } }
        #expect(throws: ClusterError.self) { try make { $0.connectTimeout = .zero } }
        #expect(throws: ClusterError.self) { try make { $0.restartBackoff.initial = .zero } }
        #expect(throws: NotifierError.self) { try make(connection: "postgres://[") }
    }
}
