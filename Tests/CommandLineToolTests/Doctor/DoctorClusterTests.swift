#if CommandLine
    import ClusterAnnouncements
    import ClusterFormationPostgres
    import PostgresTesting
    import Testing

    @testable import CommandLineTool

    /// The doctor beside a cluster that runs.
    @Suite(.serialized, .timeLimit(.minutes(5))) struct DoctorClusterTests {
        private func listening(_ keys: ClusterKey...) -> ChannelListening {
            ChannelListening(
                cluster: TestNode.cluster,
                channel: NotifyChannel(cluster: TestNode.cluster),
                keys: keys.first.map { ClusterKeyRing($0, accepting: Array(keys.dropFirst())) },
                timeout: .seconds(20)
            )
        }

        private static func key(_ seed: UInt8) throws -> ClusterKey {
            try ClusterKey(bytes: (0..<32).map { $0 &* 7 &+ seed })
        }

        @Test func `Keys that match and keys that do not`() async throws {
            try await TemporaryPostgres.withServer { server in
                let (one, other) = (try Self.key(1), try Self.key(2))
                let address = server.connectionString()
                try await TestNode.run([try TestNode(1, address, key: one), try TestNode(2, address, key: one)]) {
                    await DoctorCase.fit.expect(address, cluster: self.listening(one))
                    await DoctorCase.fit.expect(address, cluster: self.listening())
                    await DoctorCase.failure(.keys, "keys_mismatch").expect(address, cluster: self.listening(other))
                    try await TestNode.run([try TestNode(3, address, key: other)]) {
                        await DoctorCase.warning(.keys, "keys_mismatch").expect(address, cluster: self.listening(one))
                        // The key is being changed, and both are known.
                        await DoctorCase.fit.expect(address, cluster: self.listening(one, other))
                    }
                    try await TestNode.run([try TestNode(4, address)]) {
                        await DoctorCase.warning(.keys, "unsealed").expect(address, cluster: self.listening(one))
                        await DoctorCase.warning(.keys, "keys_mixed").expect(address, cluster: self.listening())
                    }
                }
            }
        }

        @Test func `Two nodes with one address`() async throws {
            try await TemporaryPostgres.withServer { server in
                let address = server.connectionString()
                try await TestNode.run([try TestNode(1, address), try TestNode(1, address)]) {
                    await DoctorCase.warning(.addresses, "endpoint_conflict").expect(address, cluster: self.listening())
                }
                // Where sessions were named by hand the channel alone tells.
                let named = server.connectionString(parameters: ["application_name": "app"])
                try await TestNode.run([try TestNode(1, named), try TestNode(1, named)]) {
                    await DoctorCase.warning(.addresses, "endpoint_conflict").expect(named, cluster: self.listening())
                }
            }
        }

        @Test func `Another version, and a stranger's noise`() async throws {
            try await TemporaryPostgres.withServer { server in
                let address = server.connectionString()
                let channel = NotifyChannel(cluster: TestNode.cluster).description
                for (payload, check, code) in [
                    (#"{"v":2}"#, Check.versions, "other_versions"), ("hello", .strangers, "noise"),
                ] {
                    await withThrowingTaskGroup(of: Void.self) { group in
                        // Again and again, since the doctor listens some time after it has begun.
                        group.addTask {
                            while !Task.isCancelled {
                                try await server.execute("SELECT pg_notify('\(channel)', '\(payload)'), pg_sleep(0.2)")
                            }
                        }
                        await DoctorCase.warning(check, code).expect(address, cluster: self.listening())
                        group.cancelAll()
                        while (await group.nextResult()) != nil {}
                    }
                }
            }
        }
    }
#endif
