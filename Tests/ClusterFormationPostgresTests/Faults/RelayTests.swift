import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Somebody who may connect to two databases forwards all that is said in each to the other, where another cluster of the
/// same name, with the same key, lives.
@Suite(.serialized) struct RelayTests {
    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func nothingGetsFromOneDatabaseOfAServerIntoAnother(hasKey: Bool) async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE DATABASE other")
            try await server.execute(Stranger.createRole)
            try await Self.check(hasKey: hasKey) { role, isOther in
                server.connectionString(role: role, database: isOther ? "other" : "postgres")
            }
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func nothingGetsFromOneServerIntoAnother(hasKey: Bool) async throws {
        try await TemporaryPostgres.withServer { server in
            try await TemporaryPostgres.withServer { other in
                for server in [server, other] { try await server.execute(Stranger.createRole) }
                try await Self.check(hasKey: hasKey) { role, isOther in
                    (isOther ? other : server).connectionString(role: role)
                }
            }
        }
    }

    private static func check(
        hasKey: Bool,
        connection: (_ role: String, _ isOther: Bool) -> String
    ) async throws {
        let key = hasKey ? try ClusterKey(bytes: (0..<32).map { UInt8($0) }) : nil
        let here = try (1...2).map { try FaultMember($0, connection("postgres", false), key: key, isPatient: true) }
        let there = try (3...4).map { try FaultMember($0, connection("postgres", true), key: key, isPatient: true) }
        let channel = NotifyChannel(cluster: "faults").description
        let one = try await Relay.End(connection(Stranger.role, false), channel)
        let two = try await Relay.End(connection(Stranger.role, true), channel)
        let relay = Relay()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await relay.forward(from: one, to: two) }
            group.addTask { try await relay.forward(from: two, to: one) }
            try await FaultMember.run(here + there) {
                try await FaultMember.waitUntilWhole(here)
                try await FaultMember.waitUntilWhole(there)
                let before = relay.forwarded.value
                // Several heartbeats of each, in either direction.
                try await relay.forwarded.wait(within: FaultMember.patience) { _ in
                    "forwarded messages"
                } until: {
                    $0 >= before + 40
                }
                let reason = hasKey ? "wrong_seal" : "foreign_session"
                for member in here + there {
                    #expect(member.rejected(reason) >= 10)
                    #expect(member.log.all.count { $0.contains(reason) } == 1)
                }
                for (own, members) in [(["10.0.0.1", "10.0.0.2"], here), (["10.0.0.3", "10.0.0.4"], there)] {
                    for member in members {
                        #expect(member.found().hasOnly(own.contains))
                        #expect(member.cluster.status.peers.count == 1)
                        #expect(member.sessionsOpened == 1)
                        #expect(member.condition.state == .active)
                    }
                }
            }
            group.cancelAll()
        }
        for end in [one, two] { await end.session.close(farewell: nil, within: .seconds(5)) }
    }
}

/// Forwards what is said at one end to the other, each payload once.
private struct Relay: Sendable {
    /// A listening session, and another one to speak from.
    struct End: Sendable {
        let session: PostgresNotifierSession

        init(_ connection: String, _ channel: String) async throws {
            self.session = try await PostgresNotifier(connection: connection).openSession(
                NotifierSessionRequest(
                    channel: channel,
                    applicationName: "relay",
                    presence: PresenceKey(cluster: 1, instance: 1)
                )
            )
        }
    }

    let forwarded = Observed(0)

    func forward(from source: End, to target: End) async throws {
        for try await notification in source.session.notifications
        where notification.processID != source.session.processID {
            _ = try await target.session.notify(notification.payload)
            self.forwarded.update { $0 += 1 }
        }
    }
}
