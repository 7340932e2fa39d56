import ClusterFormation
import ClusterFormationTesting
import HTTPExchange
import HTTPTesting
import Testing

@testable import ClusterFormationHTTP

/// The strategy with a transport that a test scripts; with a real one, see `HTTPListStrategyTests`.
@Suite struct HTTPListTests {
    private static let ok = HTTPHead(status: 200)
    private static let two = Array(#"[{"targets": ["10.0.0.1:1", "10.0.0.2:1"]}]"#.utf8)
    private let clock = ManualClock()

    private func strategy(
        _ transport: ScriptedTransport,
        _ configure: (inout HTTPListConfiguration) -> Void = { _ in }
    ) throws -> HTTPListStrategy {
        var configuration = HTTPListConfiguration()
        configure(&configuration)
        return try HTTPListStrategy(url: "http://registry/peers", defaultPort: nil, configuration: configuration) {
            transport
        }
    }

    @Test(
        "A failure has a code of its own and loses nobody",
        arguments: [
            (401, "unauthorized"), (403, "forbidden"), (404, "not_found"), (429, "throttled"), (500, "server_error"),
            (302, "server_error"), (204, "server_error"), (200, "bad_answer"),
        ]
    )
    func failures(status: Int, code: String) async throws {
        let transport = ScriptedTransport { number, _, take in
            if number == 0 { return try await take(Self.ok, Self.two) }
            try await take(HTTPHead(status: status), Array("sorry".utf8))
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy(transport)) {
            try await stage.wait(for: "the list") { $0.known.count == 2 }
            try await self.clock.waitForTimer()
            self.clock.advance(by: .seconds(6))
            try await stage.wait(for: "the fault") { $0.condition?.code == code }
        }
        #expect(stage.said.value.known.count == 2)
        #expect(transport.isClosed.value)
    }

    @Test("An answer that is too long is not kept")
    func tooLong() async throws {
        let transport = ScriptedTransport { _, _, take in
            for _ in 0..<3 { try await take(Self.ok, [UInt8](repeating: 0x20, count: 500)) }
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy(transport) { $0.maximumBytes = 1_024 }) {
            try await stage.wait(for: "the fault") { $0.condition?.code == "too_long" }
        }
    }

    @Test("A user's header goes out, and before ours of the same name")
    func headers() async throws {
        let transport = ScriptedTransport { _, _, take in try await take(Self.ok, Self.two) }
        let stage = try StrategyStage(clock: self.clock)
        let strategy = try self.strategy(transport) { $0.headers = ["accept": "text/json", "X-Token": "secret"] }
        try await stage.running(strategy) { try await transport.waitForRequests(1) }
        let headers = try #require(transport.requests.value.first?.headers)
        #expect(headers == ["accept": "text/json", "X-Token": "secret", "User-Agent": "swift-cluster-formation"])
    }

    @Test("Consul is asked three times, and then held on its index")
    func consul() async throws {
        let answer = Array(#"[{"Node": {"Address": "10.0.0.1"}, "Service": {"Port": 1}}]"#.utf8)
        let transport = ScriptedTransport { number, _, take in
            guard number < 3 else { return try await ScriptedTransport.hang() }
            try await take(HTTPHead(status: 200, headers: ["x-consul-index": "42"]), answer)
        }
        let stage = try StrategyStage(clock: self.clock)
        let strategy = try HTTPListStrategy.consul(
            service: "orders",
            server: "http://127.0.0.1:8500/?dc=eu",
            passingOnly: true,
            wait: .seconds(30),
            configuration: nil
        ) { transport }
        try await stage.running(strategy) {
            for count in 2...4 {
                // The deadline of a question is later than this: it is the wait between two of them.
                let soon = self.clock.now.advanced(by: .seconds(2))
                self.clock.advance(to: try await self.clock.waitForTimer(notAfter: soon))
                try await transport.waitForRequests(count)
            }
        }
        let urls = transport.requests.value.map(\.url)
        let base = "http://127.0.0.1:8500/v1/health/service/orders?dc=eu&passing=true"
        #expect(urls == [base, base, base, "\(base)&index=42&wait=30s"])
        #expect(strategy.name == "consul")
        #expect(stage.said.value.hosts == ["10.0.0.1"])
    }

    @Test("What can't work is refused when the strategy is made")
    func configuration() throws {
        let transport = ScriptedTransport { _, _, _ in }
        #expect(throws: ClusterError.self) { try self.strategy(transport) { $0.headers = ["A": "b\n"] } }
        #expect(throws: ClusterError.self) { try self.strategy(transport) { $0.maximumBytes = 1 } }
        #expect(throws: ClusterError.self) { try self.strategy(transport) { $0.polling.interval = .zero } }
        func consul(_ service: String, _ wait: Duration) throws {
            _ = try HTTPListStrategy.consul(
                service: service,
                server: "http://h",
                passingOnly: true,
                wait: wait,
                configuration: nil
            ) { transport }
        }
        #expect(throws: ClusterError.self) { try consul("", .seconds(30)) }
        #expect(throws: ClusterError.self) { try consul("orders", .seconds(601)) }
        #expect(throws: ClusterError.self) {
            try HTTPListStrategy.rancher(port: 0, server: "http://h", configuration: .init()) { transport }
        }
    }
}
