import ClusterAnnouncements
import ClusterFormation
import Logging
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Nodes that find each other through a table of a real server.
@Suite(.serialized, .timeLimit(.minutes(3))) struct TableStrategyTests {
    @Test func `Nodes find each other, and a goodbye ends a link at once`() async throws {
        let key = try ClusterKey(bytes: (0..<32).map { UInt8($0) })
        try await TemporaryPostgres.withServer { server in
            // A heartbeat so long that expiry can't be what is seen.
            let address = server.connectionString()
            let (beat, patience) = (Duration.seconds(5), Duration.seconds(4))
            let stays = try TableMember(1, address, key: key, heartbeat: beat, statementTimeout: patience)
            let goes = try TableMember(2, address, key: key, heartbeat: beat, statementTimeout: patience)
            try await TableMember.run([stays]) {
                try await TableMember.run([goes]) { try await TableMember.waitUntilWhole([stays, goes]) }
                try await stays.wait("the goodbye") { event in
                    if case .peerForgotten(_, let reason) = event { reason == .left } else { false }
                }
            }
            // The last one has removed its row; the other one's goodbye stays until somebody sweeps it.
            #expect(try await server.execute("SELECT count(*) FROM cluster_members") == "1")
            let isReadable = try await server.execute("SELECT announcement LIKE '%10.0.0%' FROM cluster_members")
            #expect(isReadable == "f")
        }
    }

    @Test func `A node that is killed is given up, and its row is removed by others`() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...3).map { try TableMember($0, server.connectionString()) }
            try await TableMember.run(members) {
                try await TableMember.waitUntilWhole(members)
                try await server.execute(Self.strayRow(of: "table-test", at: "10.0.0.9"))
                for member in members {
                    try await member.wait("the stray") { event in
                        if case .peerDiscovered(let node) = event { node.endpoint.host == "10.0.0.9" } else { false }
                    }
                    member.connector.breakLink(to: try Endpoint(host: "10.0.0.9", port: 7337))
                }
                for member in members {
                    try await member.wait("its end") { event in
                        switch event {
                        case .peerForgotten(let node, _), .peerUnvouched(let node, _): node.endpoint.host == "10.0.0.9"
                        default: false
                        }
                    }
                }
                try await Self.wait(server, until: "SELECT count(*) = 3 FROM cluster_members")
            }
        }
    }

    @Test func `A node that says something else of itself is heard with its next heartbeat`() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (1...2).map { try TableMember($0, server.connectionString()) }
            try await TableMember.run(members) {
                try await TableMember.waitUntilWhole(members)
                try members[0].cluster.update(metadata: [Node.drainingKey: "true"])
                for await peers in members[1].cluster.peers where peers.contains(where: \.isDraining) { break }
            }
        }
    }

    @Test func `An observer reads and writes nothing, with no more than the right to read`() async throws {
        try await TemporaryPostgres.withServer { server in
            let member = try TableMember(1, server.connectionString())
            try await TableMember.run([member]) {
                try await member.wait("its first heartbeat") { event in
                    if case .strategyChanged(_, .active) = event { true } else { false }
                }
                try await server.execute("CREATE ROLE reader LOGIN")
                try await server.execute("GRANT SELECT ON cluster_members TO reader")
                let observer = try Cluster(
                    observing: "table-test",
                    strategies: [PostgresTableStrategy(connection: server.connectionString(role: "reader"))],
                    logger: Logger(label: "table", factory: { _ in SwiftLogNoOpLogHandler() })
                )
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await observer.run() }
                    for await peers in observer.peers where peers.map(\.endpoint.host) == ["10.0.0.1"] { break }
                    group.cancelAll()
                    try await group.waitForAll()
                }
                #expect(observer.status.strategies.map(\.condition) == [.stopped])
                #expect(try await server.execute("SELECT count(*) FROM cluster_members") == "1")
                #expect(member.cluster.status.peers.isEmpty)
            }
        }
    }

    @Test func `A role that may do nothing but use the table is enough`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement(table: "public.nodes \"of\" it"))
            try await server.execute("CREATE ROLE node LOGIN")
            let grant = TableStatements(try TableName("public.nodes \"of\" it")).grant
            try await server.execute("\(grant) node")
            let members = try (1...2).map {
                try TableMember(
                    $0,
                    server.connectionString(role: "node"),
                    table: "public.nodes \"of\" it",
                    createsTable: false
                )
            }
            try await TableMember.run(members) { try await TableMember.waitUntilWhole(members) }
        }
    }

    @Test func `Two clusters share a table, and never meet`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            let members = try (1...2).map { try TableMember($0, server.connectionString()) }
            try await TableMember.run(members) {
                try await server.execute(Self.strayRow(of: "another", at: "10.0.0.9"))
                try await TableMember.waitUntilWhole(members)
                for _ in 0..<2 { try await Self.waitForBeats(server) }
                #expect(members[0].cluster.status.peers.count == 1)
                #expect(members[0].rejected("foreign_cluster") == 0)
            }
        }
    }

    @Test func `It keeps the contract of a strategy`() async throws {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(try PostgresTableStrategy.createStatement())
            let peer = try TableMember(1, server.connectionString())
            try await TableMember.run([peer]) {
                var conformance = StrategyConformance {
                    var configuration = PostgresTableConfiguration()
                    configuration.heartbeatInterval = .milliseconds(200)
                    return try PostgresTableStrategy(
                        connection: server.connectionString(),
                        configuration: configuration
                    )
                }
                conformance.clusterName = "table-test"
                conformance.expectedPeers = [peer.cluster.localNode.endpoint]
                conformance.findLimit = TableMember.patience
                conformance.stopLimit = .seconds(20)
                conformance.watchTime = .seconds(2)
                // Twice: the checks after the first failure find the server back.
                conformance.breakMechanism = { try await server.restart(mode: .immediate) }
                try await conformance.verify()
            }
        }
    }

    // MARK: Rows by hand

    /// A row without a seal, of a node that was there two seconds ago and for whom nobody writes again.
    static func strayRow(of cluster: String, at host: String) -> String {
        """
        INSERT INTO cluster_members SELECT '\(cluster)', gen_random_uuid(), json_build_object('v', 1, 'c', '\(cluster)', \
        'i', replace(gen_random_uuid()::text, '-', ''), 'n', 1, 't', (extract(epoch FROM now()) * 1000000)::int8, \
        'pid', 0, 'k', 'announce', 'h', '\(host)', 'p', 7337, 'ttl', 3000, 'up', 5000)::text, now() + interval '3 s'
        """
    }

    /// Asks the server again and again until it says yes.
    static func wait(_ server: TemporaryPostgres, until question: String) async throws {
        try await withTimeout(TableMember.patience) {
            question
        } operation: {
            while try await server.execute(question) != "t" { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    /// Waits until every node whose row is there has written it again; rows that last for an hour are no nodes'.
    static func waitForBeats(_ server: TemporaryPostgres) async throws {
        let nodes = "FROM cluster_members WHERE cluster = 'table-test' AND expires < now() + interval '1 min'"
        let before = try await server.execute("SELECT max(expires) \(nodes)")
        try await Self.wait(server, until: "SELECT min(expires) > '\(before)' \(nodes)")
    }
}
