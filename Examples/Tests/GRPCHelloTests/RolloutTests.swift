import Testing

@testable import grpc_hello

/// What callers see while servers come and go, all of them processes of their own.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct RolloutTests {
    @Test func `no call fails during a rolling restart of three servers`() async throws {
        try await HelloStage.run { stage in
            let names = ["one", "two", "three"]
            var servers: [HelloStage.Server] = []
            for name in names { servers.append(try await stage.start(name)) }
            try await stage.waitForShares(of: names)
            for server in servers {
                await stage.stop(server)
                _ = try await stage.restart(server)
                try await stage.waitForShares(of: names)
            }
            #expect(stage.failures() == 0)
        }
    }

    @Test func `no call fails from a second after a server was killed, and it is called again when it is back`()
        async throws
    {
        try await HelloStage.run { stage in
            let names = ["one", "two", "three"]
            var servers: [HelloStage.Server] = []
            for name in names { servers.append(try await stage.start(name)) }
            try await stage.waitForShares(of: names)
            let cut = ContinuousClock.now
            await stage.kill(servers[0])
            try await stage.waitForShares(of: ["two", "three"])
            _ = try await stage.restart(servers[0])
            try await stage.waitForShares(of: names)
            #expect(stage.failures(butFrom: cut) == 0)
        }
    }

    @Test func `no call fails while one server becomes five and one again`() async throws {
        try await HelloStage.run { stage in
            var servers = [try await stage.start("one")]
            try await stage.waitForShares(of: ["one"])
            for name in ["two", "three", "four", "five"] { servers.append(try await stage.start(name)) }
            try await stage.waitForShares(of: servers.map(\.name))
            while servers.count > 1 { await stage.stop(servers.removeLast()) }
            try await stage.waitForShares(of: ["one"])
            #expect(stage.failures() == 0)
        }
    }
}
