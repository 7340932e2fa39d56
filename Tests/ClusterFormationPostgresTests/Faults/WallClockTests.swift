import ClusterFormation
import Foundation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// A wall clock that is set by hours, as by an administrator or a time server.
@Suite struct WallClockTests {
    @Test(
        .enabled("It needs Linux and clang, and no sanitizer.") { await SteppedWallClock.isPossible() },
        .timeLimit(.minutes(3))
    )
    func aWallClockThatIsSetByHoursChangesNothing() async throws {
        let outcome = try await SteppedWallClock.run(testNamed: "WallClockTests/withAClockThatIsSetMeanwhile")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(outcome.output.contains("withAClockThatIsSetMeanwhile() passed"), "\(outcome.output)")
    }

    @Test(
        .enabled(if: SteppedWallClock.own != nil, "It is run by the test above, in a process of its own."),
        .timeLimit(.minutes(3))
    )
    func withAClockThatIsSetMeanwhile() async throws {
        let clock = try #require(SteppedWallClock.own)
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN")
            let members = try (1...3).map { try FaultMember($0, server.connectionString(role: "app"), isPatient: true) }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                for hours in [5, -5, 0] {
                    let (before, tick) = (Date(), ContinuousClock.now)
                    try clock.set(to: hours * 3_600)
                    // It has been set, and the other clock has not.
                    #expect(abs(Date().timeIntervalSince(before)) > 4 * 3_600)
                    #expect(tick.duration(to: .now) < .seconds(60))
                    // Sessions come back after a wait of milliseconds, and whoever is new is found.
                    let counts = members.map(\.events.value.count)
                    try await server.terminateAll(role: "app")
                    for (member, count) in zip(members, counts) { try await member.waitUntilActive(since: count) }
                    let newcomer = try FaultMember(10 + hours, server.connectionString(), isPatient: true)
                    try await FaultMember.run([newcomer]) {
                        for member in members {
                            try await member.connector.waitForConnection(to: newcomer.cluster.localNode.endpoint)
                        }
                    }
                    for member in members {
                        try await member.connector.waitForDisconnection(from: newcomer.cluster.localNode.endpoint)
                    }
                }
                // Nobody has seemed silent for hours, and no link was lost.
                for member in members {
                    for event in member.events.value {
                        if case .peerUnvouched(let node, _) = event { Issue.record("\(node) was given up") }
                    }
                    let kept = members.map(\.cluster.localNode.endpoint).filter {
                        $0 != member.cluster.localNode.endpoint
                    }
                    #expect(kept.allSatisfy { member.connector.disconnectReasons(from: $0).isEmpty })
                }
            }
        }
    }
}
