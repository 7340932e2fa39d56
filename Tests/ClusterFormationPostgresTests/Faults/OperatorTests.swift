import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// What operators hear, what nobody may, and what becomes of many nodes at once.
@Suite(.serialized) struct OperatorTests {
    @Test(.timeLimit(.minutes(3))) func secretsAreInNoLogLineStatusErrorDescriptionOrDump() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.hostBasedAuthentication = ["local all postgres trust", "local all all scram-sha-256"]
        try await TemporaryPostgres.withServer(configuration) { server in
            let password = "hush-Zx81-password"
            let keyText = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
            let key = try ClusterKey(text: keyText)
            try await server.execute("CREATE ROLE app LOGIN PASSWORD '\(password)'")
            let connection = server.connectionString(role: "app", password: password)
            let members = try (1...2).map { try FaultMember($0, connection, key: key) }
            let wrong = try FaultMember(3, server.connectionString(role: "app", password: password + "?"), key: key)
            try await FaultMember.run(members + [wrong]) {
                try await wrong.waitUntilImpaired(by: "authentication_failed")
                try await FaultMember.survive(
                    members,
                    noticing: ["server_unavailable", "connection_lost", "unreachable"]
                ) {
                    try await server.stop(mode: .immediate)
                } repair: {
                    try await server.start()
                }
            }
            var texts = (members + [wrong]).flatMap { $0.log.all + $0.events.value.map { "\($0)" } }
            let values: [Any] = try [
                PostgresNotifyStrategy(connection: connection, key: key), key, ClusterKeyRing(key),
                PostgresNotifier(connection: connection), members[0].cluster, members[0].cluster.status,
            ]
            for value in values {
                var dumped = ""
                dump(value, to: &dumped)
                texts += [dumped, String(describing: value), String(reflecting: value)]
            }
            for malformed in ["postgres://app:\(password)@host:bad/x", "password=\(password) nonsense"] {
                let error = #expect(throws: (any Error).self) { try PostgresNotifyStrategy(connection: malformed) }
                texts.append(String(reflecting: error))
            }
            #expect(texts.count > 20)
            // The key as it was given, in base64, and as an array of bytes.
            for secret in [password, keyText, "ABEiM0RVZneImaq7zN3u", "17, 34, 51, 68"] {
                #expect(!texts.contains { $0.contains(secret) }, "\(texts.first { $0.contains(secret) } ?? "")")
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func causesThatAlternateWithinAnOutageAreToldOnceEach() async throws {
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                let member = try FaultMember(1, server.connectionString(throughPort: proxy.port))
                try await FaultMember.run([member]) {
                    try await member.waitUntilActive(since: 0)
                    // Nobody answers, then somebody refuses, then nobody answers again.
                    try await server.stop(mode: .immediate)
                    for round in 0..<3 {
                        let count = member.events.value.count
                        proxy.setFaults { $0.stallsAccept = round % 2 == 0 }
                        // Who accepts no connection is not reached; whose server is gone loses each at once.
                        let cause = round % 2 == 0 ? "unreachable" : "connection_lost"
                        try await member.waitUntilImpaired(by: cause, since: count)
                    }
                    proxy.setFaults { $0.stallsAccept = false }
                    let count = member.events.value.count
                    try await server.start()
                    try await member.waitUntilActive(since: count)
                }
                let causes = member.events.value.compactMap { event -> String? in
                    if case .strategyChanged(_, let condition) = event { condition.code } else { nil }
                }
                let warnings = member.log.all.filter { $0.hasPrefix("warning") }
                #expect(causes.count > Set(causes).count, "\(causes)")
                #expect(warnings.count == Set(causes).count, "\(warnings)")
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func aNodeThatStoodStillForHoursGivesNobodyUp() async throws {
        try await TemporaryPostgres.withServer { server in
            // The clock of one node jumps by hours, as for a process that was stopped or a machine that was suspended.
            let clock = JumpingClock()
            // A time-to-live that a busy machine does not use up.
            let heartbeat = Duration.seconds(2)
            let jumping = try FaultMember(
                1,
                server.connectionString(),
                heartbeat: heartbeat,
                isPatient: true,
                clock: clock
            )
            let others = try (2...3).map {
                try FaultMember($0, server.connectionString(), heartbeat: heartbeat, isPatient: true)
            }
            let members = [jumping] + others
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                for number in 11...13 {
                    clock.jump(by: .seconds(5 * 3600))
                    // Whom it meets after the jump, it has heard after the jump.
                    let newcomer = try FaultMember(
                        number,
                        server.connectionString(),
                        heartbeat: heartbeat,
                        isPatient: true
                    )
                    try await FaultMember.run([newcomer]) {
                        try await jumping.connector.waitForConnection(to: newcomer.cluster.localNode.endpoint)
                    }
                    try await jumping.connector.waitForDisconnection(from: newcomer.cluster.localNode.endpoint)
                }
                for event in jumping.events.value {
                    guard case .peerUnvouched(let node, _) = event else { continue }
                    Issue.record("\(node) was given up")
                }
                for member in members {
                    let own = member.cluster.localNode.endpoint
                    let kept = members.map(\.cluster.localNode.endpoint).filter { $0 != own }
                    #expect(kept.allSatisfy { member.connector.disconnectReasons(from: $0).isEmpty })
                    #expect(Set(kept).isSubset(of: member.cluster.status.connectedPeers.map(\.endpoint)))
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func twentyNodesJoinAtOnceLoseTheirSessionsAtOnceAndRestartInTurn() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE ROLE app LOGIN")
            let connection = server.connectionString(role: "app")
            let anchors = try (1...2).map { try FaultMember($0, connection, heartbeat: .seconds(1), isPatient: true) }
            let members = try (3...20).map { try FaultMember($0, connection, heartbeat: .seconds(1), isPatient: true) }
            try await FaultMember.run(anchors) {
                try await FaultMember.waitUntilWhole(anchors)
                try await FaultMember.run(members) {
                    try await FaultMember.survive(
                        anchors + members,
                        noticing: ["server_unavailable", "connection_lost"]
                    ) {
                        try await server.terminateAll(role: "app")
                    } repair: {
                    }
                }
                for number in 31...36 {
                    let one = try FaultMember(number, connection, heartbeat: .seconds(1), isPatient: true)
                    try await FaultMember.run([one]) {
                        for anchor in anchors {
                            try await one.connector.waitForConnection(to: anchor.cluster.localNode.endpoint)
                            try await anchor.connector.waitForConnection(to: one.cluster.localNode.endpoint)
                        }
                    }
                    for anchor in anchors {
                        try await anchor.connector.waitForDisconnection(from: one.cluster.localNode.endpoint)
                    }
                }
                for anchor in anchors { #expect(anchor.connector.violations.isEmpty) }
            }
        }
    }
}
