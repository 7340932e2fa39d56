#if GRPC
    import ClusterFormation
    import ClusterFormationTesting
    import GRPCCore
    import Testing

    @testable import ClusterFormationGRPC

    /// What callers see while servers come and go.
    @Suite(.timeLimit(.minutes(5)), .serialized)
    struct RolloutTests {
        /// Calls without a pause while the body runs; the errors of those that have failed.
        private func failures(
            _ stage: ClientStage,
            callers: Int = 4,
            while body: @Sendable () async throws -> Void
        ) async throws -> [String] {
            let failures = Observed<[String]>([])
            let isOver = Observed(false)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<callers {
                    group.addTask {
                        while !isOver.value {
                            do { _ = try await stage.call() } catch { failures.update { $0.append("\(error)") } }
                        }
                    }
                }
                do { try await body() } catch {
                    isOver.update { $0 = true }
                    throw error
                }
                isOver.update { $0 = true }
                try await group.waitForAll()
            }
            return failures.value
        }

        private func evenly(_ count: Int, _ names: [String]) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: names.map { ($0, count / names.count) })
        }

        @Test func `no call fails during a rolling restart of three servers`() async throws {
            let names = ["one", "two", "three"]
            var servers: [TestServer] = []
            for name in names { servers.append(try await .start(name)) }
            let started = servers
            let restarted = Observed<[TestServer]>([])
            try await ClientStage.run { stage in
                stage.found(started[0], started[1], started[2])
                try await stage.waitForShares(of: 30) { $0 == self.evenly(30, names) }
                let failures = try await self.failures(stage) {
                    for server in started {
                        // The cluster says goodbye after the server has stopped: services shut down in reverse order.
                        await server.stop()
                        stage.left(server)
                        let again = try await server.restart()
                        restarted.update { $0.append(again) }
                        stage.found(again)
                        try await stage.waitForShares(of: 60) { ($0[server.name] ?? 0) > 0 }
                    }
                }
                #expect(failures == [])
                try await stage.waitForShares(of: 30) { $0 == self.evenly(30, names) }
            }
            for server in restarted.value { await server.stop() }
        }

        @Test func `no call fails from a second after a server was killed, and it is back when it is`() async throws {
            let names = ["one", "two", "three"]
            var servers: [TestServer] = []
            for name in names { servers.append(try await .start(name)) }
            let started = servers
            let restarted = Observed<[TestServer]>([])
            try await ClientStage.run { stage in
                stage.found(started[0], started[1], started[2])
                try await stage.waitForShares(of: 30) { $0 == self.evenly(30, names) }
                await started[0].kill()
                let killed = ContinuousClock.now
                // What was under way may fail; it is not tried again by everybody's policy.
                while killed.duration(to: .now) < .seconds(1) { _ = await stage.shares(of: 10) }
                let failures = try await self.failures(stage) {
                    try await stage.waitForShares(of: 60) { $0.keys.sorted() == ["three", "two"] }
                    let again = try await started[0].restart()
                    restarted.update { $0.append(again) }
                    stage.found(again)
                    try await stage.waitForShares(of: 60) { ($0["one"] ?? 0) > 0 }
                }
                #expect(failures == [])
                try await stage.waitForShares(of: 30) { $0 == self.evenly(30, names) }
            }
            for server in restarted.value + started.dropFirst() { await server.stop() }
        }

        @Test func `no call fails while one server becomes five and one again`() async throws {
            let names = ["one", "two", "three", "four", "five"]
            var servers: [TestServer] = []
            for name in names { servers.append(try await .start(name)) }
            let started = servers
            try await ClientStage.run { stage in
                stage.found(started[0])
                try await stage.waitForShares(of: 10) { $0 == ["one": 10] }
                let failures = try await self.failures(stage) {
                    for server in started.dropFirst() {
                        stage.found(server)
                        try await stage.waitForShares(of: 60) { ($0[server.name] ?? 0) > 0 }
                    }
                }
                #expect(failures == [])
                try await stage.waitForShares(of: 50) { $0 == self.evenly(50, names) }
                let failuresThen = try await self.failures(stage) {
                    for server in started.dropFirst() {
                        stage.left(server)
                        await server.stop()
                        try await stage.waitForShares(of: 20) { $0[server.name] == nil }
                    }
                }
                #expect(failuresThen == [])
                #expect(await stage.shares(of: 20) == ["one": 20])
            }
            await started[0].stop()
        }
    }
#endif
