import ClusterAnnouncements
import ClusterFormation
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Rows that no node of the cluster has written, and a server whose clock is set.
@Suite(.serialized, .timeLimit(.minutes(4))) struct TableStrangerTests {
    private let key: ClusterKey
    private let otherKey: ClusterKey

    init() throws {
        self.key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        self.otherKey = try ClusterKey(bytes: (1..<33).map { UInt8($0) })
    }

    private func insert(_ announcement: String, expires: String = "now() + interval '1 h'") -> String {
        "INSERT INTO cluster_members SELECT 'table-test', gen_random_uuid(), \(announcement), \(expires)"
    }

    @Test(arguments: [false, true])
    func `Garbage is counted and explained once, and nobody is found in it`(hasKey: Bool) async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map {
                try TableMember(
                    $0,
                    server.connectionString(),
                    key: hasKey ? self.key : nil,
                    statementTimeout: .seconds(20)
                )
            }
            try await TableMember.run(members) {
                try await TableMember.waitUntilWhole(members)
                let garbage = [
                    "''", "'x'", "'{'", "'s1.00000000.AAAA'", "repeat('x', 10000000)", "E'\\u00e4'", "'{\"v\":99}'",
                    "'{\"v\":1,\"c\":\"table-test\",\"k\":\"announce\"}'", "repeat('{\"a\":', 1000)",
                ]
                for text in garbage { try await server.execute(self.insert(text)) }
                for _ in 0..<3 { try await TableStrategyTests.waitForBeats(server) }
                TableMember.expectNothingLost(members)
                for member in members {
                    #expect(member.condition.state == .active)
                    #expect(member.rejected("malformed") > 0)
                    #expect(member.rejected("oversized") > 0)
                    #expect(member.rejected(hasKey ? "unsealed" : "unsupported_version") > 0)
                    #expect(member.log.all.count { $0.contains("are being ignored") && $0.contains("oversized") } == 1)
                }
            }
        }
    }

    @Test func `Rows under another key are named, and neither side sees the other`() async throws {
        try await TemporaryPostgres.withServer { server in
            let ours = try (1...2).map { try TableMember($0, server.connectionString(), key: self.key) }
            let theirs = try (3...4).map { try TableMember($0, server.connectionString(), key: self.otherKey) }
            try await TableMember.run(ours + theirs) {
                try await TableMember.waitUntilWhole(ours)
                try await TableMember.waitUntilWhole(theirs)
                for _ in 0..<3 { try await TableStrategyTests.waitForBeats(server) }
                for member in ours + theirs {
                    #expect(member.cluster.status.peers.count == 1)
                    #expect(member.rejected("unknown_key") > 0)
                }
            }
        }
    }

    @Test func `A row that is copied into another database, or another table, is not believed there`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute("CREATE DATABASE other")
            let member = try TableMember(1, server.connectionString(), key: self.key)
            let elsewhere = [
                try TableMember(2, server.connectionString(database: "other"), key: self.key),
                try TableMember(3, server.connectionString(), table: "more_members", key: self.key),
            ]
            try await TableMember.run([member] + elsewhere) {
                for member in [member] + elsewhere { try await member.waitUntilActive() }
                let row =
                    "SELECT 'VALUES (''' || cluster || ''', ''' || instance || '''::uuid, ''' || announcement || ''', "
                    + "''' || expires || '''::timestamptz)' FROM cluster_members"
                let values = try await server.execute(row)
                try await server.execute("INSERT INTO more_members \(values)")
                try await server.execute("INSERT INTO cluster_members \(values)", database: "other")
                for member in elsewhere {
                    try await member.log.wait(for: "wrong_seal", count: 1, within: TableMember.patience)
                    #expect(member.cluster.status.peers.isEmpty)
                }
            }
        }
    }

    @Test func `A recorded row that is written again and again keeps nobody alive`() async throws {
        try await TemporaryPostgres.withServer { server in
            let member = try TableMember(1, server.connectionString(), key: self.key, timeToLiveIntervals: 4)
            try await TableMember.run([member]) {
                let dies = try TableMember(2, server.connectionString(), key: self.key, timeToLiveIntervals: 4)
                var recorded = ""
                try await TableMember.run([dies]) {
                    try await TableMember.waitUntilWhole([member, dies])
                    recorded = try await server.execute(
                        "SELECT announcement FROM cluster_members WHERE instance = "
                            + "'\(try #require(dies.cluster.localNode.instance))'"
                    )
                }
                // Its goodbye is taken away, so that its row is all that is read; by a newcomer, too.
                try await server.execute("DELETE FROM cluster_members")
                try await server.execute(self.insert("'\(recorded)'"))
                let newcomer = try TableMember(3, server.connectionString(), key: self.key, timeToLiveIntervals: 4)
                try await TableMember.run([newcomer]) {
                    try await TableMember.waitUntilWhole([member, newcomer])
                    let dead = dies.cluster.localNode.endpoint
                    // Longer than a time-to-live.
                    for _ in 0..<6 { try await self.rewrite(recorded, on: server) }
                    for node in [member, newcomer] {
                        // What has kept it there is its link, which this connector does not lose by itself.
                        _ = node.connector.breakLink(to: dead)
                        try await node.events.wait(within: TableMember.patience) { _ in
                            "the end of the recorded"
                        } until: { _ in
                            !node.cluster.status.peers.contains { $0.node.endpoint == dead }
                        }
                    }
                    for _ in 0..<3 { try await self.rewrite(recorded, on: server) }
                    for node in [member, newcomer] {
                        #expect(!node.cluster.status.peers.contains { $0.node.endpoint == dead })
                    }
                }
            }
        }
    }

    private func rewrite(_ recorded: String, on server: TemporaryPostgres) async throws {
        try await server.execute(
            "UPDATE cluster_members SET expires = now() + interval '1 h' "
                + "WHERE announcement = '\(recorded)'"
        )
        let fresh = "SELECT max(expires) FROM cluster_members WHERE announcement <> '\(recorded)'"
        let before = try await server.execute(fresh)
        try await TableStrategyTests.wait(
            server,
            until: "SELECT min(expires) > '\(before)' FROM cluster_members WHERE announcement <> '\(recorded)'"
        )
    }

    @Test func `More rows than are read are a condition, and nobody is given up for them`() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map { try TableMember($0, server.connectionString(), maximumRows: 20) }
            try await TableMember.run(members) {
                try await TableMember.survive(members, noticing: ["too_many_rows"]) {
                    try await server.execute(self.insert("'x'") + " FROM generate_series(1, 100)")
                } repair: {
                    try await server.execute("DELETE FROM cluster_members WHERE announcement = 'x'")
                }
            }
        }
    }

    @Test(.enabled("It needs libfaketime.") { TemporaryPostgres.canSetClocks })
    func `A step of the server's clock costs no peer, and a newcomer is found at once`() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.hasSettableClock = true
        try await TemporaryPostgres.withServer(configuration) { server in
            let members = try (1...3).map {
                try TableMember(
                    $0,
                    server.connectionString(),
                    key: self.key,
                    heartbeat: .seconds(1),
                    statementTimeout: .seconds(4)
                )
            }
            try await TableMember.run(members) {
                try await TableMember.waitUntilWhole(members)
                for (count, hours) in [1, 0, 24, 0].enumerated() {
                    try server.setClock(aheadBy: .seconds(hours * 3_600))
                    for member in members {
                        try await member.log.wait(
                            for: "clock has stepped",
                            count: count + 1,
                            within: TableMember.patience
                        )
                    }
                    let newcomer = try TableMember(10 + count, server.connectionString(), key: self.key)
                    try await TableMember.run([newcomer]) {
                        try await newcomer.cluster.waitForPeers(atLeast: 3, within: TableMember.patience)
                        for member in members {
                            try await member.connector.waitForConnection(to: newcomer.cluster.localNode.endpoint)
                        }
                    }
                    for member in members {
                        try await member.connector.waitForDisconnection(from: newcomer.cluster.localNode.endpoint)
                    }
                }
                let own = Set(members.map(\.cluster.localNode.endpoint))
                for member in members {
                    for event in member.events.value {
                        switch event {
                        case .peerUnvouched(let node, _), .peerForgotten(let node, _):
                            #expect(!own.contains(node.endpoint), "\(event)")
                        default: continue
                        }
                    }
                    #expect(member.log.all.count { $0.contains("clock has stepped") } == 4)
                }
            }
        }
    }
}
