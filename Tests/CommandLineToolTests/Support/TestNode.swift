#if CommandLine
    import ClusterAnnouncements
    import ClusterFormation
    import ClusterFormationPostgres
    import Logging

    @testable import ClusterFormationTesting

    /// A node of a cluster that only discovers.
    struct TestNode: Sendable {
        static let cluster = "tool tests"
        /// How long anything may take on a machine that is busy.
        static let patience: Duration = .seconds(60)

        let cluster: Cluster

        init(
            _ number: Int,
            _ connection: String,
            port: Int = 7337,
            key: ClusterKey? = nil,
            metadata: [String: String] = [:]
        ) throws {
            var announcements = AnnouncementConfiguration(heartbeatInterval: .milliseconds(400))
            // Heard often, and never given up because a busy machine held the server up.
            announcements.echoDeadline = .seconds(20)
            announcements.timeToLiveIntervals = 100
            self.cluster = try Cluster(
                name: Self.cluster,
                localNode: Node(host: "10.0.0.\(number)", port: port, metadata: metadata),
                strategy: PostgresNotifyStrategy(
                    connection: connection,
                    key: key,
                    configuration: .init(announcements: announcements)
                ),
                logger: Logger(label: "node", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        }

        /// Runs nodes while a body runs, from when each is known to be listening.
        static func run(_ nodes: [TestNode], while body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for node in nodes { group.addTask { try await node.cluster.run() } }
                do {
                    try await withTimeout(Self.patience) {
                        "the nodes to listen"
                    } operation: {
                        for node in nodes {
                            let events = node.cluster.events
                            guard node.cluster.status.strategies[0].condition.state != .active else { continue }
                            for await _ in events
                            where node.cluster.status.strategies[0].condition.state == .active { break }
                        }
                    }
                    try await body()
                } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
#endif
