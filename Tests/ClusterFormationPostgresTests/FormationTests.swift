import ClusterAnnouncements
import ClusterFormation
import ClusterFormationTesting
import Logging
import PostgresTesting
import Testing

@testable import ClusterFormationPostgres

/// Nodes that find each other through a real server, in one process, each with a connection of its own.
@Suite(.serialized) struct FormationTests {
    @Test(.timeLimit(.minutes(2))) func nodesThatStartTogetherAllFindEachOther() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (0..<5).map { try Member(number: $0, connection: server.connectionString()) }
            try await Member.run(members) {
                for member in members { try await member.cluster.waitForPeers(atLeast: 4, within: .seconds(60)) }
                for member in members {
                    #expect(member.cluster.status.connectedPeers.count == 4)
                    #expect(member.connector.violations.isEmpty)
                }
                // The others may have answered a node before its own word has come back to it.
                for member in members { try await Self.waitUntilActive(member.cluster) }
                // One connection a node.
                let sessions = try await server.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%formation-test'"
                )
                #expect(sessions == "5")
            }
            for member in members { #expect(member.cluster.status.phase == .stopped) }
        }
    }

    private static func waitUntilActive(_ cluster: Cluster) async throws {
        try await withTimeout(.seconds(60)) {
            "an active strategy; it is \(cluster.status.strategies[0].condition)"
        } operation: {
            let events = cluster.events
            guard cluster.status.strategies[0].condition.state != .active else { return }
            for await _ in events where cluster.status.strategies[0].condition.state == .active { break }
        }
    }

    @Test(.timeLimit(.minutes(2))) func anObserverKnowsAllHoldsNoLockAndIsKnownToNobody() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (0..<3).map { try Member(number: $0, connection: server.connectionString()) }
            let observer = try Cluster(
                observing: "formation-test",
                strategies: [PostgresNotifyStrategy(connection: server.connectionString())],
                logger: Logger(label: "observer") { _ in SwiftLogNoOpLogHandler() }
            )
            try await Member.run(members) {
                for member in members { try await member.cluster.waitForPeers(atLeast: 2, within: .seconds(60)) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await observer.run() }
                    try await observer.waitForPeers(atLeast: 3, within: .seconds(60))
                    let locks = try await server.execute(
                        "SELECT count(*), count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory'"
                    )
                    #expect(locks == "3|3")
                    let sessions = try await server.execute(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'observer formation-test'"
                    )
                    #expect(sessions == "1")
                    group.cancelAll()
                    try await group.waitForAll()
                }
                for member in members { #expect(member.cluster.status.peers.count == 2) }
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func theStrategyKeepsItsContractWhenTheServerRestartsUnderIt() async throws {
        try await TemporaryPostgres.withServer { server in
            let peer = try Member(number: 1, connection: server.connectionString())
            try await Member.run([peer]) {
                var conformance = StrategyConformance {
                    try PostgresNotifyStrategy(connection: server.connectionString())
                }
                conformance.clusterName = "formation-test"
                conformance.expectedPeers = [peer.cluster.localNode.endpoint]
                conformance.findLimit = .seconds(60)
                conformance.stopLimit = .seconds(20)
                conformance.watchTime = .seconds(3)
                // The checks after the failure find the server back.
                conformance.breakMechanism = { try await server.restart(mode: .immediate) }
                try await conformance.verify()
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func aGracefulStopIsNoticedAtOnce() async throws {
        try await TemporaryPostgres.withServer { server in
            let stays = try Member(number: 1, connection: server.connectionString())
            let goes = try Member(number: 2, connection: server.connectionString())
            let events = stays.cluster.events
            try await Member.run([stays]) {
                try await Member.run([goes]) {
                    try await stays.cluster.waitForPeers(atLeast: 1, within: .seconds(60))
                }
                var reason: LossReason?
                for await event in events {
                    if case .peerForgotten(_, let why) = event {
                        reason = why
                        break
                    }
                }
                #expect(reason == .left)
                #expect(stays.cluster.status.peers.isEmpty)
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func aRestartOfTheServerDropsNoLinkAndHealsByItself() async throws {
        try await TemporaryPostgres.withServer { server in
            let members = try (0..<3).map { try Member(number: $0, connection: server.connectionString()) }
            try await Member.run(members) {
                for member in members { try await member.cluster.waitForPeers(atLeast: 2, within: .seconds(60)) }
                let events = members.map(\.cluster.events)
                try await server.restart(mode: .immediate)
                for events in events {
                    var wasImpaired = false
                    for await event in events {
                        guard case .strategyChanged(_, let condition) = event else {
                            Issue.record("nothing else is to happen: \(event)")
                            continue
                        }
                        if condition.state == .impaired { wasImpaired = true }
                        if condition.state == .active, wasImpaired { break }
                    }
                }
                for member in members {
                    #expect(member.cluster.status.connectedPeers.count == 2)
                    #expect(member.connector.calls.count == 2)
                }
            }
        }
    }
}

/// A node under test: a cluster and the connector that it calls.
struct Member: Sendable {
    let cluster: Cluster
    let connector = RecordingConnector()

    init(number: Int, connection: String, key: ClusterKey? = nil) throws {
        self.cluster = try Cluster(
            name: "formation-test",
            localNode: Node(host: "10.0.0.\(number + 1)", port: 7337),
            strategy: PostgresNotifyStrategy(connection: connection, key: key),
            connector: self.connector,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// Runs members while a body runs, and shuts them down after it.
    static func run(_ members: [Member], while body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.cluster.run() } }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
