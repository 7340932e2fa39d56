import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// The clock of a real server is set by hours and days, as by an administrator, or by a failover to a machine whose clock is
/// another one.
@Suite(.serialized, .enabled("It needs libfaketime.") { TemporaryPostgres.canSetClocks })
struct ServerClockTests {
    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func aStepOfTheServersClockCostsNoPeerAndAtMostOneHeartbeatOfEach(hasKey: Bool) async throws {
        let key = hasKey ? try ClusterKey(bytes: (0..<32).map { UInt8($0) }) : nil
        var configuration = TemporaryPostgres.Configuration()
        configuration.hasSettableClock = true
        try await TemporaryPostgres.withServer(configuration) { server in
            // Limits that a busy machine keeps: a session that is lost would have learnt of no step.
            let members = try (1...3).map {
                try FaultMember(
                    $0,
                    server.connectionString(),
                    key: key,
                    heartbeat: .seconds(3),
                    statementTimeout: .seconds(4)
                )
            }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                // One hour on, one back, one day on, one back; each is a step from the one before.
                for (count, hours) in [1, 0, 24, 0].enumerated() {
                    try server.setClock(aheadBy: .seconds(hours * 3_600))
                    for member in members {
                        try await member.log.wait(
                            for: "clock has stepped",
                            count: count + 1,
                            within: FaultMember.patience
                        )
                    }
                    // Whoever is new is found by all, and knows all.
                    let newcomer = try FaultMember(10 + count, server.connectionString(), key: key, isPatient: true)
                    try await FaultMember.run([newcomer]) {
                        try await newcomer.cluster.waitForPeers(atLeast: 3, within: FaultMember.patience)
                        for member in members {
                            try await member.connector.waitForConnection(to: newcomer.cluster.localNode.endpoint)
                        }
                    }
                    for member in members {
                        try await member.connector.waitForDisconnection(from: newcomer.cluster.localNode.endpoint)
                    }
                }
                for member in members {
                    let kept = members.map(\.cluster.localNode.endpoint).filter {
                        $0 != member.cluster.localNode.endpoint
                    }
                    for event in member.events.value {
                        switch event {
                        case .peerUnvouched(let node, _), .peerForgotten(let node, _):
                            #expect(!kept.contains(node.endpoint), "\(event)")
                        default: continue
                        }
                    }
                    #expect(kept.allSatisfy { member.connector.disconnectReasons(from: $0).isEmpty })
                    #expect(member.sessionsOpened == 1)
                    #expect(member.log.all.count { $0.contains("clock has stepped") } == 4)
                    // Of each of the three, at each step.
                    #expect(member.rejected("stale") <= 3 * 4)
                    #expect(member.rejected("foreign_session") == 0)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aServerThatComesBackWithAClockThatIsBehindCostsNoPeer() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.hasSettableClock = true
        try await TemporaryPostgres.withServer(configuration) { server in
            // It runs an hour ahead, and by the machine's time after the restart, as after a failover to another machine.
            try server.setClock(aheadBy: .seconds(3_600))
            try await server.execute(Stranger.createRole)
            let members = try (1...3).map { try FaultMember($0, server.connectionString(), isPatient: true) }
            try await FaultMember.run(members) {
                try await FaultMember.survive(
                    members,
                    noticing: ["server_unavailable", "unreachable", "connection_lost"]
                ) {
                    try await server.restart()
                } repair: {
                }
                let before = members.map(\.events.value.count)
                // Several times-to-live: each node says something every 400 ms.
                let listener = try await Stranger(
                    server.connectionString(role: Stranger.role),
                    channel: NotifyChannel(cluster: "faults").description
                )
                try await listener.record(atLeast: 60)
                await listener.close()
                for (member, count) in zip(members, before) {
                    for event in member.events.value.dropFirst(count) {
                        if case .peerUnvouched(let node, _) = event { Issue.record("\(node) was given up") }
                    }
                    #expect(member.rejected("replayed") <= 3)
                }
                FaultMember.expectLinksUntouched(members)
            }
        }
    }
}
