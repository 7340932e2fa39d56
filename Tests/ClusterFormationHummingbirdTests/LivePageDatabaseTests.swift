#if Hummingbird
    import ClusterFormation
    import ClusterFormationPostgres
    import ClusterFormationTesting
    import Foundation
    import PostgresTesting
    import Testing

    @Suite(.enabled(if: Chromium.path != nil, Comment(rawValue: Chromium.advice)))
    struct LivePageDatabaseTests {
        @Test("The page shows a real PostgreSQL stop and start again, and the link stay", .timeLimit(.minutes(5)))
        func outage() async throws {
            try await TemporaryPostgres.withServer { server in
                let connection = server.connectionString()
                let stage = try PageStage(strategy: PostgresNotifyStrategy(connection: connection))
                let peer = try Cluster(
                    name: "orders",
                    localNode: Node(host: "10.0.3.8", port: 7337),
                    strategy: PostgresNotifyStrategy(connection: connection),
                    connector: RecordingConnector(),
                    logger: PageStage.logger
                )
                try await stage.running { address in
                    try await Chromium.withPage { page in
                        try await page.show("\(address)/cluster")
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            group.addTask { try await peer.run() }
                            try await page.wait(for: "10.0.3.8:7337", "connected", in: "#peers")
                            try await server.stop()
                            try await page.wait(
                                for: "Peers can't be found by postgres",
                                "The one peer is connected.",
                                in: "#verdict"
                            )
                            try await server.start()
                            try await page.wait(
                                for: "The one peer is connected.",
                                in: "#verdict",
                                without: ["can't be found"]
                            )
                            try await page.wait(for: "active", in: "#strategies")
                            try await page.wait(for: "Strategy postgres is active", in: "#events")
                            // Read before the peer leaves: its goodbye ends the link as well, at any later moment.
                            #expect(stage.connector.disconnectReasons(from: peer.localNode.endpoint).isEmpty)
                            group.cancelAll()
                            try await group.waitForAll()
                        }
                    }
                }
            }
        }
    }
#endif
