import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Whoever may connect to the database may send on the channel.
@Suite(.serialized) struct StrangerTests {
    private static let channel = NotifyChannel(cluster: "faults").description

    /// An announcement as good as a stranger can make it without a key, for SQL's `format`: the instance, the moment and
    /// the process id are put in, and whatever the host asks for.
    private static func forgery(host: String) -> String {
        #"{"v":1,"k":"announce","c":"faults","i":"%s","n":1,"t":%s,"pid":%s,"h":"\#(host)","p":666,"ttl":600000,"up":0}"#
    }

    /// The moment and the process id of the session that runs it.
    private static let stamp = "\(TemporaryPostgres.clockSQL), pg_backend_pid()"

    @Test(.timeLimit(.minutes(3))) func withAKeyNoStrangerAddsRemovesOrRepeatsAnybody() async throws {
        let key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        try await TemporaryPostgres.withServer { server in
            let members = try (1...3).map { try FaultMember($0, server.connectionString(), key: key, isPatient: true) }
            try await FaultMember.run(members) {
                let eavesdropper = try await Eavesdropper(server.connectionString(), Self.channel)
                try await FaultMember.waitUntilWhole(members)
                // A fourth one comes and goes, and every word of it is recorded.
                let guest = try FaultMember(4, server.connectionString(), key: key, isPatient: true)
                try await FaultMember.run([guest]) {
                    try await guest.cluster.waitForPeers(atLeast: 3, within: FaultMember.patience)
                    for member in members { try await member.waitUntilConnected(to: "10.0.0.4") }
                }
                for member in members {
                    try await member.wait("the guest's leave") { if case .peerForgotten = $0 { true } else { false } }
                }
                let recorded = try await eavesdropper.close()
                // The guest has said at least that it came and that it left.
                #expect(recorded.count >= 2)
                #expect(recorded.hasOnly { $0.hasPrefix("s1.") })
                let before = members.map(\.events.value.count)

                let forged = AnnouncementCodec(cluster: "faults", keys: nil)
                let stranger = Announcement(
                    endpoint: try Endpoint(host: "6.6.6.6", port: 666),
                    timeToLive: .seconds(60)
                )
                let envelope = Envelope(
                    sender: .random(),
                    number: 1,
                    moment: try await server.moment(),
                    processID: 1,
                    message: .announce(stranger)
                )
                let unsealed = try forged.encode(envelope)
                let otherCluster = AnnouncementCodec(cluster: "another", keys: ClusterKeyRing(key))
                let foreign = try otherCluster.encode(envelope)
                for payload in recorded + [unsealed, foreign, "", "{}", "s1.", String(repeating: "x", count: 7_999)] {
                    try await server.execute("SELECT pg_notify('\(Self.channel)', '\(payload)')")
                }
                // A node that really comes is heard after all of that, so all of that has been heard.
                let late = try FaultMember(5, server.connectionString(), key: key, isPatient: true)
                try await FaultMember.run([late]) {
                    try await late.cluster.waitForPeers(atLeast: 3, within: .seconds(60))
                }
                for (member, count) in zip(members, before) {
                    for event in member.events.value.dropFirst(count) {
                        guard case .peerDiscovered(let node) = event else { continue }
                        #expect(node.endpoint == late.cluster.localNode.endpoint)
                    }
                    #expect(member.connector.disconnectReasons(from: members[0].cluster.localNode.endpoint).isEmpty)
                    #expect(member.cluster.status.connectedPeers.count >= 2)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func withAKeyAFloodOfForgeriesAndRecordingsChangesNothing() async throws {
        let key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map { try FaultMember($0, server.connectionString(), key: key, isPatient: true) }
            try await FaultMember.run(members) {
                let eavesdropper = try await Eavesdropper(server.connectionString(), Self.channel)
                try await FaultMember.waitUntilWhole(members)
                let guest = try FaultMember(4, server.connectionString(), key: key, isPatient: true)
                try await FaultMember.run([guest]) {
                    try await guest.cluster.waitForPeers(atLeast: 2, within: FaultMember.patience)
                    for member in members { try await member.waitUntilConnected(to: "10.0.0.4") }
                }
                for member in members {
                    try await member.wait("the guest's leave") { if case .peerForgotten = $0 { true } else { false } }
                }
                let recorded = try await eavesdropper.close()
                let before = members.map { ($0.events.value.count, $0.connector.calls.count(where: \.isConnect)) }
                let forgery = Self.forgery(host: "10.1.1.1")
                let list = recorded.map { "'\($0)'" }.joined(separator: ",")
                for flood in [
                    "SELECT count(pg_notify('\(Self.channel)', format('\(forgery)', md5(i::text), \(Self.stamp)))) "
                        + "FROM generate_series(1, 10000) i",
                    "SELECT count(pg_notify('\(Self.channel)', 's1.' || repeat(md5(i::text), 20))) "
                        + "FROM generate_series(1, 10000) i",
                ] { try await server.execute(flood) }
                // Equal ones within a transaction are sent once: one transaction for each repetition.
                for _ in 0..<20 {
                    try await server.execute(
                        "SELECT count(pg_notify('\(Self.channel)', p)) FROM unnest(ARRAY[\(list)]) p"
                    )
                }
                let late = try FaultMember(5, server.connectionString(), key: key, isPatient: true)
                try await FaultMember.run([late]) {
                    try await late.cluster.waitForPeers(atLeast: 2, within: FaultMember.patience)
                    for (member, (events, calls)) in zip(members, before) {
                        try await member.waitUntilConnected(to: "10.0.0.5")
                        let found = member.events.value.dropFirst(events).compactMap { event in
                            if case .peerDiscovered(let node) = event { node.endpoint.host } else { nil }
                        }
                        #expect(found == ["10.0.0.5"])
                        #expect(member.connector.calls.count(where: \.isConnect) == calls + 1)
                        #expect(member.cluster.status.connectedPeers.count == 2)
                        #expect(member.log.all.filter { !$0.hasPrefix("debug") && !$0.hasPrefix("trace") }.count < 50)
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func keysAreChangedNodeByNodeWithoutAGap() async throws {
        let old = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        let new = try ClusterKey(bytes: (0..<32).map { UInt8($0 + 100) })
        // What a deployment does in three rounds: accept the new key, send with it, forget the old one.
        let rounds = [
            ClusterKeyRing(old), ClusterKeyRing(old, accepting: [new]), ClusterKeyRing(new, accepting: [old]),
            ClusterKeyRing(new),
        ]
        try await TemporaryPostgres.withServer { server in
            for (one, other) in zip(rounds, rounds.dropFirst()) {
                // In the middle of a round some nodes have the one ring and some the other.
                let members = try [
                    FaultMember(1, server.connectionString(), keys: one),
                    FaultMember(2, server.connectionString(), keys: other),
                    FaultMember(3, server.connectionString(), keys: one),
                    FaultMember(4, server.connectionString(), keys: other),
                ]
                try await FaultMember.run(members) { try await FaultMember.waitUntilWhole(members) }
            }
            // Two rounds at once would be a gap: the one is a stranger to the other.
            let apart = try [
                FaultMember(1, server.connectionString(), keys: rounds[0]),
                FaultMember(2, server.connectionString(), keys: rounds[3]),
            ]
            let bridge = try [rounds[0], rounds[3]].enumerated().map { index, ring in
                try FaultMember(index + 3, server.connectionString(), keys: ring)
            }
            try await FaultMember.run(apart + bridge) {
                for member in apart + bridge {
                    try await member.cluster.waitForPeers(atLeast: 1, within: FaultMember.patience)
                }
                for member in apart + bridge { #expect(member.cluster.status.peers.count == 1) }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func withoutAKeyAFloodStaysWithinItsBoundsAndRealNodesGoOn() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map { try FaultMember($0, server.connectionString(), maximumPeers: 200) }
            for member in members { member.connector.setBehavior(.hang) }
            for member in members {
                for other in members { member.connector.setBehavior(.succeed, for: other.cluster.localNode.endpoint) }
                member.connector.setBehavior(.succeed, for: try Endpoint(host: "10.0.0.3", port: 7337))
            }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                let announcement = Self.forgery(host: "%s")
                try await server.execute(
                    """
                    SELECT count(pg_notify('\(Self.channel)', format('\(announcement)', md5(i::text), \(Self.stamp), \
                    '10.' || i / 65536 + 1 || '.' || i / 256 % 256 || '.' || i % 256))) FROM generate_series(1, 20000) i
                    """
                )
                try await server.execute(
                    "SELECT count(pg_notify('\(Self.channel)', rpad(i::text, 7999, 'x'))) FROM generate_series(1, 2000) i"
                )
                let newcomer = try FaultMember(3, server.connectionString())
                try await FaultMember.run([newcomer]) {
                    try await newcomer.cluster.waitForPeers(atLeast: 2, within: .seconds(60))
                    for member in members {
                        try await member.waitUntilConnected(to: "10.0.0.3")
                    }
                }
                for member in members {
                    #expect(member.cluster.status.peers.count <= 200)
                    #expect(member.connector.calls.count <= 300)
                    #expect(member.connector.violations.isEmpty)
                    #expect(member.log.all.filter { !$0.hasPrefix("debug") && !$0.hasPrefix("trace") }.count < 100)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func withoutAKeyAFloodFromManySessionsStaysWithinItsBounds() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map {
                try FaultMember($0, server.connectionString(), maximumPeers: 200, connectTimeout: .seconds(1))
            }
            for member in members { member.connector.setBehavior(.hang) }
            for member in members {
                for other in members { member.connector.setBehavior(.succeed, for: other.cluster.localNode.endpoint) }
                member.connector.setBehavior(.succeed, for: try Endpoint(host: "10.0.0.3", port: 7337))
            }
            let start = ContinuousClock.now
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                // A hundred thousand distinct ones; from many sessions, as one of its own is not believed for long.
                let (sessions, each) = (40, 2_500)
                let announcement = Self.forgery(host: "%s")
                for session in 0..<sessions {
                    try await server.execute(
                        """
                        SELECT count(pg_notify('\(Self.channel)', format('\(announcement)', md5(i::text), \(Self.stamp), \
                        '10.' || i / 65536 + 1 || '.' || i / 256 % 256 || '.' || i % 256))) \
                        FROM generate_series(\(session * each + 1), \((session + 1) * each)) i
                        """
                    )
                }
                try await server.execute(
                    "SELECT count(pg_notify('\(Self.channel)', rpad(i::text, 7999, 'x'))) FROM generate_series(1, 2000) i"
                )
                let newcomer = try FaultMember(3, server.connectionString())
                try await FaultMember.run([newcomer]) {
                    try await newcomer.cluster.waitForPeers(atLeast: 2, within: .seconds(60))
                    for member in members {
                        try await member.waitUntilConnected(to: "10.0.0.3")
                    }
                }
                let seconds = Int(start.duration(to: .now).components.seconds) + 1
                for member in members {
                    #expect(member.cluster.status.peers.count <= 200)
                    // 64 at a time, each for a second.
                    #expect(member.connector.calls.count <= 64 * (seconds + 1))
                    #expect(member.connector.violations.isEmpty)
                    // Fifty at once, then one a second; and those that no flood holds back.
                    let lines = member.log.all.filter { !$0.hasPrefix("debug") && !$0.hasPrefix("trace") }
                    #expect(lines.count <= 50 + seconds + 20)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func addressesThatSwallowPacketsHoldUpNobody() async throws {
        try await TemporaryPostgres.withServer { server in
            // The connects that hang would do so for an hour: who waited for one would not be done in time.
            let members = try (1...2).map {
                try FaultMember($0, server.connectionString(), isPatient: true, connectTimeout: .seconds(3_600))
            }
            for member in members {
                for number in 0..<20 {
                    member.connector.setBehavior(.hang, for: try Endpoint(host: "10.9.9.\(number + 1)", port: 9))
                }
            }
            try await FaultMember.run(members) {
                try await FaultMember.waitUntilWhole(members)
                let codec = AnnouncementCodec(cluster: "faults", keys: nil)
                for number in 0..<20 {
                    let swallower = Announcement(
                        endpoint: try Endpoint(host: "10.9.9.\(number + 1)", port: 9),
                        timeToLive: .seconds(60)
                    )
                    let payload = try codec.encode(
                        Envelope(
                            sender: .random(),
                            number: 1,
                            moment: try await server.moment(),
                            processID: 4_711,
                            message: .announce(swallower)
                        )
                    )
                    // A psql of its own for each: one session that announces many is not believed.
                    let honest = payload.replacing("\"pid\":4711", with: "\"pid\":%s")
                    try await server.execute(
                        "SELECT pg_notify('\(Self.channel)', format('\(honest)', pg_backend_pid()))"
                    )
                }
                let newcomer = try FaultMember(3, server.connectionString())
                try await FaultMember.run([newcomer]) {
                    for member in members {
                        try await member.waitUntilConnected(to: "10.0.0.3")
                    }
                    #expect(members.hasOnly { $0.condition.state == .active })
                }
            }
        }
    }
}

extension TemporaryPostgres {
    fileprivate static let clockSQL = "(date_part('epoch', clock_timestamp()) * 1000000)::int8"

    fileprivate func moment() async throws -> Moment {
        let answer = try await self.execute("SELECT \(Self.clockSQL)")
        return Moment(microseconds: try #require(Int64(answer)))
    }
}

/// Records all that is sent on a channel.
private struct Eavesdropper {
    private let session: PostgresNotifier.Session

    init(_ connection: String, _ channel: String) async throws {
        self.session = try await PostgresNotifier(connection: connection).openSession(
            NotifierSessionRequest(channel: channel, applicationName: "ear", presence: .init(cluster: 1, instance: 1))
        )
    }

    /// All that was said before it asks.
    func close() async throws -> [String] {
        // In the order of the commits: what it says itself is heard last.
        _ = try await self.session.notify(Self.end)
        var payloads: [String] = []
        for try await notification in self.session.notifications {
            if notification.payload == Self.end { break }
            payloads.append(notification.payload)
        }
        await self.session.close(farewell: nil, within: .seconds(5))
        return payloads
    }

    /// To the members it is noise.
    private static let end = "the ear has heard enough"
}
