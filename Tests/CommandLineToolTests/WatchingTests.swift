#if CommandLine
    import ArgumentParser
    import ClusterAnnouncements
    import ClusterFormation
    import Foundation
    import PostgresTesting
    import Testing

    @testable import ClusterFormationTesting
    @testable import CommandLineTool

    /// An observer beside real nodes.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct WatchingTests {
        private func surroundings(_ lines: Observed<[String]>) -> Surroundings {
            Surroundings(
                environment: [:],
                style: .plain,
                print: { line in lines.update { $0.append(line) } },
                complain: { _ in }
            )
        }

        private func options(_ server: TemporaryPostgres) -> [String] {
            ["-c", TestNode.cluster, "-d", server.connectionString()]
        }

        private func keyText(_ seed: UInt8) -> String {
            Data((0..<32).map { UInt8($0) &* 7 &+ seed }).base64EncodedString()
        }

        /// Runs `watch` while a body runs, and ends it after that.
        private func watch(
            _ server: TemporaryPostgres,
            _ options: String...,
            while body: (Observed<[String]>) async throws -> Void
        ) async throws {
            let lines = Observed<[String]>([])
            let arguments = ["watch"] + self.options(server) + options
            let command = try #require(try ClusterFormationTool.parseAsRoot(arguments) as? WatchCommand)
            let watch = Watch(
                cluster: try command.observing.observer(in: self.surroundings(lines)),
                isJSON: command.output.json,
                surroundings: self.surroundings(lines)
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                defer { group.cancelAll() }
                try await body(lines)
            }
        }

        @Test func `Joins, departures and the database's state are shown as they happen`() async throws {
            try await TemporaryPostgres.withServer { server in
                try await self.watch(server) { lines in
                    func wait(_ words: String) async throws {
                        try await lines.wait(within: TestNode.patience) {
                            "\(words) in \($0)"
                        } until: {
                            $0.contains { $0.contains(words) }
                        }
                    }
                    try await wait("database   postgres: active")
                    try await TestNode.run([try TestNode(1, server.connectionString(), metadata: ["zone": "a"])]) {
                        try await wait("joined     10.0.0.1:7337 zone=a")
                    }
                    try await wait("left       10.0.0.1:7337")
                    try await server.stop(mode: .immediate)
                    try await wait("postgres: impaired")
                    try await server.start()
                }
            }
        }

        @Test func `As JSON each line is one object with a version and a time`() async throws {
            try await TemporaryPostgres.withServer { server in
                try await self.watch(server, "--json") { lines in
                    try await TestNode.run([try TestNode(1, server.connectionString())]) {
                        try await lines.wait(within: TestNode.patience) {
                            "a discovery in \($0)"
                        } until: {
                            $0.contains { $0.contains(#""event":"peer_discovered""#) }
                        }
                    }
                    for line in lines.value {
                        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                        #expect(object?["version"] as? Int == 1)
                        #expect((object?["at"] as? String)?.hasSuffix("Z") == true)
                    }
                }
            }
        }

        @Test func `While a key is being changed, both are heard`() async throws {
            try await TemporaryPostgres.withServer { server in
                let environment = ["NEW": self.keyText(1), "OLD": self.keyText(2)]
                let nodes = try environment.values.enumerated().map {
                    try TestNode($0 + 1, server.connectionString(), key: ClusterKey(text: $1))
                }
                let wait = ["wait"] + self.options(server)
                try await TestNode.run(nodes) {
                    let one = ["--key-environment", "NEW", "--peers", "2", "--timeout", "2s"]
                    #expect(try await ToolRun(wait + one, environment: environment).status == .no)
                    let both = [
                        "--key-environment", "NEW", "--key-environment", "OLD", "--peers", "2", "--timeout", "60s",
                    ]
                    let run = try await ToolRun(wait + both, environment: environment)
                    #expect(run.status == .done, "\(run.errors)")
                }
            }
        }

        @Test func `Waiting ends when so many are there, and is a no when the time is up`() async throws {
            try await TemporaryPostgres.withServer { server in
                let wait = ["wait"] + self.options(server)
                let nodes = try (1...2).map { try TestNode($0, server.connectionString()) }
                try await TestNode.run(nodes) {
                    let there = try await ToolRun(wait + ["--peers", "2", "--timeout", "60s"])
                    #expect(there.status == .done, "\(there.errors)")
                    try await self.expectNo("2 of 3 peers", wait + ["--peers", "3"])
                    // Nobody took the tool for a node.
                    #expect(nodes.allSatisfy { $0.cluster.status.peers.count == 1 })
                }
                try await server.stop(mode: .immediate)
                try await self.expectNo("unreachable", wait + ["--peers", "1"])
            }
        }

        /// Waits in vain, for long enough to say that much.
        private func expectNo(_ words: String, _ arguments: [String]) async throws {
            let run = try await repeated { seconds in
                try await ToolRun(arguments + ["--timeout", "\(seconds)s"])
            } until: {
                $0.errors.first?.contains(words) == true
            }
            #expect(run.status == .no)
            #expect(run.errors.first?.contains(words) == true, "\(run.errors)")
        }
    }
#endif
