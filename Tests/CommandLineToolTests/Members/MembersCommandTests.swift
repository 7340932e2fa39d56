#if CommandLine
    import ArgumentParser
    import ClusterAnnouncements
    import ClusterFormation
    import PostgresTesting
    import Testing

    @testable import CommandLineTool

    /// Real servers, real nodes.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct MembersCommandTests {
        private func members(_ server: TemporaryPostgres, _ options: String..., role: String? = nil) async throws
            -> ToolRun
        {
            try await ToolRun(
                ["members", "-c", TestNode.cluster, "-d", server.connectionString(role: role), "--json"] + options
            )
        }

        /// The members with what is heard of them, for as long as it takes to be as expected.
        private func listened(
            _ server: TemporaryPostgres,
            _ options: [String] = [],
            environment: [String: String] = [:],
            until isExpected: (ToolRun) throws -> Bool
        ) async throws -> ToolRun {
            let arguments = ["members", "-c", TestNode.cluster, "-d", server.connectionString(), "--json"] + options
            return try await repeated { seconds in
                try await ToolRun(arguments + ["--listen", "\(seconds)s"], environment: environment)
            } until: {
                try isExpected($0)
            }
        }

        /// The zone of the first member whose tags were heard.
        private func zone(_ run: ToolRun) throws -> String? {
            try self.field("tags", run, as: [String: String].self).compactMap { $0 }.first?["zone"]
        }

        private func field<Value>(_ name: String, _ run: ToolRun, as type: Value.Type = Value.self) throws -> [Value?] {
            let members = try run.document()["members"] as? [[String: Any]] ?? []
            return members.map { $0[name] as? Value }
        }

        @Test func `Members are seen from outside, without a key and without rights, and their tags are heard`()
            async throws
        {
            try await TemporaryPostgres.withServer { server in
                try await server.execute("CREATE ROLE stranger LOGIN")
                let nodes = [
                    try TestNode(1, server.connectionString(), metadata: ["zone": "a"]),
                    try TestNode(2, server.connectionString(), metadata: ["zone": "b", "draining": "true"]),
                ]
                try await TestNode.run(nodes) {
                    let silent = try await self.members(server, role: "stranger")
                    #expect(silent.status == .done)
                    #expect(try silent.document()["version"] as? Int == 1)
                    #expect(try self.field("endpoint", silent) == ["10.0.0.1:7337", "10.0.0.2:7337"])
                    #expect(try self.field("state", silent) == ["listening", "listening"])
                    #expect(try self.field("tags", silent, as: [String: String].self) == [nil, nil])

                    let heard = try await self.listened(server) {
                        try self.field("state", $0) == ["listening", "draining"] && self.zone($0) == "a"
                    }
                    #expect(try self.field("state", heard) == ["listening", "draining"])
                    #expect(try self.zone(heard) == "a")

                    for filter in [["--tag", "zone=b"], ["--state", "draining"]] {
                        let filtered = try await self.listened(server, filter) {
                            try self.field("endpoint", $0) == ["10.0.0.2:7337"]
                        }
                        #expect(try self.field("endpoint", filtered) == ["10.0.0.2:7337"], "\(filter)")
                    }

                    let text = try await ToolRun("members", "-c", TestNode.cluster, "-d", server.connectionString())
                    #expect(text.text.contains("10.0.0.1:7337"))
                    #expect(text.text.contains("2 members of tool tests"))
                    // Nobody took the tool for a node.
                    #expect(nodes.allSatisfy { $0.cluster.status.peers.count == 1 })
                }
                try await waitUntil("an empty list") {
                    try self.field("endpoint", await self.members(server), as: String.self).isEmpty
                }
            }
        }

        @Test func `Sealed tags need the key`() async throws {
            try await TemporaryPostgres.withServer { server in
                let text = try await ToolRun("key", "generate").text
                let node = try TestNode(
                    1,
                    server.connectionString(),
                    key: ClusterKey(text: text),
                    metadata: ["zone": "a"]
                )
                try await TestNode.run([node]) {
                    let without = try await self.listened(server) {
                        $0.text.contains("messages are sealed: give the key")
                    }
                    #expect(try self.field("endpoint", without) == ["10.0.0.1:7337"])
                    #expect(try self.field("tags", without, as: [String: String].self) == [nil])
                    #expect(without.text.contains("messages are sealed: give the key"))
                    let with = try await self.listened(server, environment: ["CLUSTER_KEY": text]) {
                        try self.zone($0) == "a"
                    }
                    #expect(try self.zone(with) == "a")
                }
            }
        }

        @Test func `A server that can't be asked is an error, and not an empty list`() async throws {
            let run = try await ToolRun("members", "-c", "orders", "-d", "host=127.0.0.1 port=1 user=nobody")
            #expect(run.status == .failed)
            #expect(run.output.isEmpty)
            #expect(run.errors.count == 1)
            #expect(run.errors.first?.contains("unreachable") == true)
            try await TemporaryPostgres.withServer { primary in
                try await primary.withStandby { standby in
                    let run = try await ToolRun("members", "-c", "orders", "-d", standby.connectionString())
                    #expect(run.status == .failed)
                    #expect(run.errors.first?.contains("standby") == true)
                }
            }
        }

        @Test func `What is missing or malformed is wrong usage`() async throws {
            #expect(try await ToolRun("members").status == .usage)
            #expect(
                try await ToolRun("members", "-c", "orders", "-d", "postgres://app:secret@host:bad/x").status == .usage
            )
            #expect(throws: (any Error).self) {
                try ClusterFormationTool.parseAsRoot(["members", "--state", "dreaming"])
            }
        }
    }
#endif
