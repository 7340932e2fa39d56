#if GRPC
    import ClusterFormation
    import ClusterFormationTesting
    import GRPCCore
    import GRPCNIOTransportHTTP2
    import Testing

    @testable import ClusterFormationGRPC

    /// What the transport does with a server that went, and what is done against it: each fault with and without.
    ///
    /// Where "without" begins to fail, the transport has been mended, and the remedy may go.
    @Suite(.timeLimit(.minutes(5)), .serialized)
    struct TransportFaultsTests {
        @Test(arguments: [true, false])
        func `a server that has sent GOAWAY is called again, since the list is repeated`(_ repeats: Bool) async throws {
            let (one, two) = (try await TestServer.start("one"), try await TestServer.start("two"))
            try await ClientStage.run({ if !repeats { $0.pace.repeatInterval = nil } }) { stage in
                stage.found(one, two)
                try await stage.waitForShares(of: 20) { $0 == ["one": 10, "two": 10] }
                // Nobody tells of it: it is the same node to whoever knows no instances.
                await one.stop()
                let again = try await one.restart()
                if repeats {
                    try await stage.waitForShares(of: 50) { $0 == ["one": 25, "two": 25] }
                } else {
                    #expect(await self.stays(["two": 50], stage))
                }
                await again.stop()
            }
            await two.stop()
        }

        @Test(arguments: [true, false])
        func `a server that was killed while idle is called again, since it is a new one`(_ renews: Bool) async throws {
            let (one, two) = (try await TestServer.start("one"), try await TestServer.start("two"))
            try await ClientStage.run({ $0.pace.renewsRestarted = renews }) { stage in
                stage.found(one, two)
                try await stage.waitForShares(of: 20) { $0 == ["one": 10, "two": 10] }
                try await stage.killWhileIdle(one)
                try await stage.waitForShares(of: 50) { $0 == ["two": 50] }
                let again = try await one.restart()
                stage.found(again)
                if renews {
                    try await stage.waitForShares(of: 50) { $0 == ["one": 25, "two": 25] }
                } else {
                    #expect(await self.stays(["two": 50], stage))
                }
                await again.stop()
            }
            await two.stop()
        }

        @Test(arguments: [true, false])
        func `the only server is called as soon as it is back, however long the client meant to wait`(
            _ renews: Bool
        ) async throws {
            let one = try await TestServer.start("one")
            let patient = HTTP2ClientTransport.Posix.Config.defaults {
                $0.backoff = .init(initial: .seconds(1_000), max: .seconds(1_000), multiplier: 1, jitter: 0)
            }
            try await ClientStage.run({ $0.pace.renewsRestarted = renews }, config: patient, serviceConfig: .init()) {
                stage in
                stage.found(one)
                try await stage.waitForShares(of: 10) { $0 == ["one": 10] }
                await one.kill()
                // A call that fails with its connection says nothing of another one.
                try await stage.waitUntilRefused()
                stage.left(one)
                let again = try await one.restart()
                stage.found(again)
                if renews {
                    try await stage.waitForShares(of: 10) { $0 == ["one": 10] }
                } else {
                    #expect(await self.stays(["failed": 50], stage))
                }
                await again.stop()
            }
        }

        /// Whether shares are these for three seconds, and in a round that begins after that.
        private func stays(_ shares: [String: Int], _ stage: ClientStage) async -> Bool {
            let end = ContinuousClock.now.advanced(by: .seconds(3))
            var last: [String: Int] = [:]
            repeat { last = await stage.shares(of: 50) } while last == shares && ContinuousClock.now < end
            return last == shares
        }
    }
#endif
