import ClusterFormationTesting
import PostgresTesting
import Testing

@Suite struct FaultProxyTests {
    /// Runs psql through the proxy, for a bounded time.
    private func ask(_ proxy: FaultProxy, _ server: TemporaryPostgres, within limit: Duration = .seconds(20))
        async throws
        -> String
    {
        try await withTimeout(limit) {
            "an answer through the proxy"
        } operation: {
            try await server.execute("SELECT 'through'", throughPort: proxy.port)
        }
    }

    @Test func `it lets everything through until it is told otherwise`() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.tcpPort = 0
        try await TemporaryPostgres.withServer(configuration) { server async throws in
            try await FaultProxy.withProxy(to: server) { proxy async throws in
                #expect(try await self.ask(proxy, server) == "through")
                try await proxy.waitForConnections(count: 0)

                // Each fault by itself, and the way back.
                proxy.setFaults { $0.swallowsServerToClient = true }
                await #expect(throws: WaitTimeout.self) {
                    try await self.ask(proxy, server, within: .milliseconds(200))
                }
                proxy.setFaults {
                    $0 = .init(); $0.swallowsClientToServer = true
                }
                await #expect(throws: WaitTimeout.self) {
                    try await self.ask(proxy, server, within: .milliseconds(200))
                }
                proxy.setFaults {
                    $0 = .init(); $0.stallsAccept = true
                }
                await #expect(throws: WaitTimeout.self) {
                    try await self.ask(proxy, server, within: .milliseconds(200))
                }
                proxy.setFaults {
                    $0 = .init(); $0.refusesNew = true
                }
                let refused = await #expect(throws: TemporaryPostgresError.self) { try await self.ask(proxy, server) }
                #expect(refused?.code == .commandFailed)
                proxy.cutAll()
                try await proxy.waitForConnections(count: 0)
                proxy.setFaults {
                    $0 = .init(); $0.delay = .milliseconds(30)
                }
                let start = ContinuousClock.now
                #expect(try await self.ask(proxy, server) == "through")
                // Start-up and query: two round trips at least.
                #expect(start.duration(to: .now) >= .milliseconds(120))
            }
            let port = try #require(server.tcpPort)
            try await FaultProxy.withProxy(to: .tcp(port: port)) { proxy async throws in
                #expect(try await self.ask(proxy, server) == "through")
            }
        }
    }

    @Test func `it drops notifications, and nothing else`() async throws {
        try await TemporaryPostgres.withServer { server async throws in
            try await FaultProxy.withProxy(to: server) { proxy async throws in
                let script = "LISTEN orders; NOTIFY orders, 'hello'; SELECT 'through'"
                let whole = try await server.execute(script, throughPort: proxy.port)
                #expect(whole.contains("through") && whole.contains("hello"))
                proxy.setFaults { $0.dropsNotifications = true }
                let deaf = try await server.execute(script, throughPort: proxy.port)
                #expect(deaf.contains("through") && !deaf.contains("hello"))
            }
        }
    }

    @Test func `a cut ends a connection on both sides at once`() async throws {
        try await TemporaryPostgres.withServer { server async throws in
            try await FaultProxy.withProxy(to: server) { proxy async throws in
                try await withThrowingTaskGroup(of: String.self) { group in
                    group.addTask { try await server.execute("SELECT pg_sleep(60)", throughPort: proxy.port) }
                    try await proxy.waitForConnections(count: 1)
                    proxy.cutAll()
                    await #expect(throws: TemporaryPostgresError.self) { try await group.next() }
                }
                try await proxy.waitForConnections(count: 0)
            }
        }
    }
}
