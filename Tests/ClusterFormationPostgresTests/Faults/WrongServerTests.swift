import ClusterFormation
import PoolerTesting
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Servers on which notifications do not work, and failovers.
@Suite(.serialized) struct WrongServerTests {
    @Test(.timeLimit(.minutes(3))) func aStandbyIsNamedAsOneAndIsFineOnceItIsPromoted() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let member = try FaultMember(1, standby.connectionString())
                try await FaultMember.run([member]) {
                    let condition = try await member.waitUntilImpaired(by: "standby")
                    #expect(condition.message?.contains("target_session_attrs=primary") == true)
                    let count = member.events.value.count
                    try await standby.promote()
                    try await member.waitUntilActive(since: count)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(4))) func aFailoverToTheStandbyDropsNoLink() async throws {
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let hosts = "\(primary.socketDirectory),\(standby.socketDirectory)"
                let connection = "host=\(hosts) port=\(primary.port),\(standby.port) user=postgres dbname=postgres"
                let members = try (1...3).map { try FaultMember($0, connection) }
                try await FaultMember.run(members) {
                    try await FaultMember.survive(
                        members,
                        noticing: ["connection_lost", "server_unavailable", "unreachable", "standby"]
                    ) {
                        try await primary.kill()
                    } repair: {
                        try await standby.promote()
                    }
                    try await standby.wait(
                        for: "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '% faults'",
                        toBe: "3"
                    )
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func aRelayThatDropsNotificationsIsNamedAndNoLinkIsLost() async throws {
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                // One session from before, and one that is deaf from its start.
                let members = try (1...2).map { try FaultMember($0, server.connectionString(throughPort: proxy.port)) }
                try await FaultMember.run(members) {
                    try await FaultMember.survive(members, noticing: ["undelivered"]) {
                        proxy.setFaults { $0.dropsNotifications = true }
                    } repair: {
                        // In a cluster of its own: its last word may be delivered when the relay is whole again.
                        let late = try FaultMember(
                            3,
                            server.connectionString(throughPort: proxy.port),
                            cluster: "late"
                        )
                        try await FaultMember.run([late]) { _ = try await late.waitUntilImpaired(by: "undelivered") }
                        proxy.setFaults { $0.dropsNotifications = false }
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func aPoolerThatSwallowsNotificationsIsNamedWithTheRemedy() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "transaction", before: server) { pooler in
                let member = try FaultMember(1, pooler.connectionString)
                try await FaultMember.run([member]) {
                    let condition = try await member.waitUntilImpaired(by: "pooler")
                    #expect(condition.message?.contains("session mode") == true)
                    #expect(member.cluster.readiness().isReady == false)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func aPoolerInSessionModeIsAsGoodAsTheServer() async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPooler.withPooler(mode: "session", before: server) { pooler in
                let members = try [
                    FaultMember(1, pooler.connectionString), FaultMember(2, pooler.connectionString),
                    FaultMember(3, server.connectionString()),
                ]
                try await FaultMember.run(members) { try await FaultMember.waitUntilWhole(members) }
            }
        }
    }
}
