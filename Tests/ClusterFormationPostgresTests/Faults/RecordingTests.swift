import ClusterAnnouncements
import ClusterFormation
import Locking
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// What was recorded on the channel is played again, by somebody who may do nothing but connect.
@Suite(.serialized) struct RecordingTests {
    private static let channel = NotifyChannel(cluster: "faults").description

    @Test(.timeLimit(.minutes(4)), arguments: [false, true])
    func whatIsPlayedToANodeThatWasAwayIsNotBelieved(hasKey: Bool) async throws {
        let key = hasKey ? try ClusterKey(bytes: (0..<32).map { UInt8($0) }) : nil
        try await TemporaryPostgres.withServer { server in
            try await server.execute(
                "CREATE ROLE app LOGIN; CREATE ROLE away LOGIN; CREATE ROLE guest LOGIN; \(Stranger.createRole)"
            )
            let (staying, away) = (
                try (1...2).map {
                    try FaultMember($0, server.connectionString(role: "app"), key: key, isPatient: true)
                },
                try FaultMember(3, server.connectionString(role: "away"), key: key, isPatient: true)
            )
            let members = staying + [away]
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                let stranger = try await Stranger(
                    server.connectionString(role: Stranger.role),
                    channel: Self.channel
                )
                try await server.execute("ALTER ROLE away CONNECTION LIMIT 0")
                try await server.terminateAll(role: "away")
                try await away.waitUntilImpaired(by: "too_many_connections")
                // A guest comes while the third is away, is recorded with the others, and is gone without a word.
                let guest = try FaultMember(4, server.connectionString(role: "guest"), key: key, isPatient: true)
                try await FaultMember.run([guest]) {
                    try await guest.cluster.waitForPeers(atLeast: 2, within: FaultMember.patience)
                    for member in staying { try await member.waitUntilConnected(to: "10.0.0.4") }
                    try await stranger.record(atLeast: 30)
                    #expect(try await stranger.copyPresence() == 3)
                    try await server.execute("ALTER ROLE guest CONNECTION LIMIT 0")
                    try await server.terminateAll(role: "guest")
                    for member in staying {
                        try await member.wait("the guest's loss") { event in
                            if case .peerUnvouched(let node, _) = event {
                                node.endpoint.host == "10.0.0.4"
                            } else {
                                false
                            }
                        }
                    }
                    let before = members.map(\.events.value.count)
                    let sent = try await withThrowingTaskGroup(of: Int.self) { group in
                        let isEnough = Locked(false)
                        group.addTask {
                            var sent = 0
                            while !isEnough.withLock({ $0 }) { sent += try await stranger.play(for: 1) }
                            return sent
                        }
                        // Whatever ends this early ends the playing, too.
                        defer { isEnough.withLock { $0 = true } }
                        // In the middle of it the third comes back, and a fifth one comes for the first time.
                        try await server.execute("ALTER ROLE away CONNECTION LIMIT -1")
                        try await away.waitUntilActive(since: before[2])
                        let newcomer = try FaultMember(
                            5,
                            server.connectionString(role: "app"),
                            key: key,
                            isPatient: true
                        )
                        var sent = 0
                        try await FaultMember.run([newcomer]) {
                            try await newcomer.cluster.waitForPeers(atLeast: 3, within: FaultMember.patience)
                            for member in members + [newcomer] { try await member.waitUntilRejected("foreign_session") }
                            isEnough.withLock { $0 = true }
                            sent = try await group.next() ?? 0
                            #expect(Set(newcomer.found()) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
                        }
                        return sent
                    }
                    #expect(sent > 100)
                    // Its goodbye comes behind all that was played.
                    for member in members {
                        try await member.connector.waitForDisconnection(from: Endpoint(host: "10.0.0.5", port: 7337))
                    }
                    for (member, count) in zip(members, before) {
                        #expect(member.found(since: count) == ["10.0.0.5"])
                        // Whoever was lost stays lost, and nobody else is.
                        let guests = member.cluster.status.peers.filter { $0.node.endpoint.host == "10.0.0.4" }
                        #expect(guests.allSatisfy { $0.strategies.isEmpty })
                        for event in member.events.value.dropFirst(count) {
                            guard case .peerUnvouched(let node, _) = event else { continue }
                            #expect(node.endpoint.host == "10.0.0.5", "\(event)")
                        }
                        #expect(member.log.all.count { $0.contains("foreign_session") } == 1)
                    }
                    // Those that were there have heard each of them, and dropped it.
                    for member in staying { #expect(member.rejected("foreign_session") >= Int64(sent)) }
                    #expect(away.cluster.status.peers.hasOnly { $0.node.endpoint.host != "10.0.0.4" })
                }
                await stranger.close()
                for member in members {
                    for other in members where other.cluster.localNode != member.cluster.localNode {
                        #expect(member.connector.disconnectReasons(from: other.cluster.localNode.endpoint).isEmpty)
                    }
                }
            }
        }
    }
}
