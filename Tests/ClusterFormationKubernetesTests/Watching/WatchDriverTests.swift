import ClusterFormation
import ClusterFormationTesting
import HTTPExchange
import HTTPTesting
import Testing

@testable import ClusterFormationKubernetes

@Suite struct WatchDriverTests {
    private static let ok = HTTPHead(status: 200)
    private let clock = ManualClock()

    private static let list = Array(
        JSON.list([JSON.slice("a", version: 9, endpoints: [JSON.endpoint("10.244.0.1")])], version: 10).utf8
    )

    private func strategy(_ transport: ScriptedTransport) throws -> KubernetesStrategy {
        var configuration = KubernetesConfiguration()
        configuration.namespace = "shop"
        configuration.server = "https://10.96.0.1"
        return try KubernetesStrategy(service: "orders", configuration: configuration, environment: [:]) { transport }
    }

    @Test("A watch that is not ended when it should have been is begun anew, and nobody is lost")
    func deadConnection() async throws {
        let heads = Observed(0)
        let transport = ScriptedTransport { number, _, take in
            try await take(Self.ok, number == 0 ? Self.list : [])
            heads.update { $0 += 1 }
            if number > 0 { try await ScriptedTransport.hang() }
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy(transport)) {
            // A head that is still on its way when its deadline comes is late.
            try await heads.wait(within: .seconds(60), for: { "two heads, not \($0)" }, until: { $0 == 2 })
            try await self.clock.waitForTimer()
            // The first deadline is for the head; the second one comes after the server's own end.
            self.clock.advance(by: .seconds(10))
            let end = try await self.clock.waitForTimer()
            #expect(end.sinceStart >= .seconds(250) && end.sinceStart <= .seconds(490))
            self.clock.advance(to: end)
            try await transport.waitForRequests(3)
        }
        #expect(transport.requests.value[2].url.contains("resourceVersion=10&"))
        #expect(stage.said.value.hosts == ["10.244.0.1"])
        #expect(stage.said.value.conditions == [.active, .stopped])
        #expect(transport.isClosed.value)
    }

    @Test("A server that takes a request and says nothing is a fault after the deadline")
    func silentServer() async throws {
        let transport = ScriptedTransport { number, _, take in
            guard number == 0 else { return try await ScriptedTransport.hang() }
            try await take(Self.ok, Self.list)
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy(transport)) {
            try await transport.waitForRequests(2)
            try await self.clock.waitForTimer()
            self.clock.advance(by: .seconds(10))
            try await stage.wait(for: "the fault") { $0.condition?.code == "timeout" }
        }
        #expect(stage.said.value.hosts == ["10.244.0.1"])
    }

    @Test("Who is gone is lost when the grace is over, without another word of the server")
    func grace() async throws {
        let transport = ScriptedTransport { number, _, take in
            if number == 0 {
                let slices = ["1", "2"].map {
                    JSON.slice("s\($0)", version: 9, endpoints: [JSON.endpoint("10.244.0.\($0)")])
                }
                return try await take(Self.ok, Array(JSON.list(slices, version: 10).utf8))
            }
            let gone = JSON.event("DELETED", JSON.slice("s2", version: 11, endpoints: []))
            try await take(Self.ok, Array("\(gone)\n".utf8))
            try await ScriptedTransport.hang()
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy(transport)) {
            try await self.clock.waitForTimer(notAfter: .init(sinceStart: .seconds(5)))
            #expect(stage.said.value.hosts == ["10.244.0.1", "10.244.0.2"])
            self.clock.advance(by: .seconds(5))
            try await stage.wait(for: "the loss") { $0.hosts == ["10.244.0.1"] }
        }
    }

    @Test("Pods are asked for by their labels, and are peers at the port that is given")
    func pods() async throws {
        let pod =
            #"{"metadata":{"name":"p","resourceVersion":"9"},"spec":{},"status":{"phase":"Running","podIP":"10.244.0.7"}}"#
        let transport = ScriptedTransport { number, _, take in
            try await take(Self.ok, number == 0 ? Array(JSON.list([pod], version: 10).utf8) : [])
            if number > 0 { try await ScriptedTransport.hang() }
        }
        var configuration = KubernetesConfiguration()
        (configuration.namespace, configuration.server) = ("shop", "https://10.96.0.1")
        let strategy = try KubernetesStrategy(
            podSelector: "app=orders",
            port: .number(7337),
            configuration: configuration,
            environment: [:]
        ) { transport }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(strategy) { try await transport.waitForRequests(2) }
        #expect(stage.said.value.known.keys.map(\.description) == ["10.244.0.7:7337"])
        let url = "https://10.96.0.1:443/api/v1/namespaces/shop/pods?labelSelector=app%3Dorders&limit=100"
        #expect(transport.requests.value.first?.url == url)
    }

    @Test("A line that never ends is not kept, and everything is listed anew")
    func endlessLine() async throws {
        let transport = ScriptedTransport { number, _, take in
            guard number == 1 else { return try await take(Self.ok, Self.list) }
            let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
            for _ in 0..<5 { try await take(Self.ok, piece) }
        }
        let stage = try StrategyStage(clock: self.clock)
        try await stage.running(try self.strategy(transport)) {
            try await stage.wait(for: "the fault") { $0.condition?.code == "bad_answer" }
            try await self.clock.waitForTimer()
            self.clock.advance(by: .seconds(2))
            try await transport.waitForRequests(3)
        }
        #expect(!transport.requests.value[2].url.contains("watch=true"))
    }

    @Test("What can't work is refused when the strategy is made")
    func configuration() throws {
        let transport = ScriptedTransport { _, _, _ in }
        func refused(service: String = "orders", _ configure: (inout KubernetesConfiguration) -> Void) {
            var configuration = KubernetesConfiguration()
            (configuration.namespace, configuration.server) = ("shop", "https://10.96.0.1")
            configure(&configuration)
            let error = #expect(throws: ClusterError.self) {
                try KubernetesStrategy(service: service, configuration: configuration, environment: [:]) { transport }
            }
            #expect(error?.code == .invalidConfiguration)
        }
        refused(service: "") { _ in }
        refused(service: "orders.shop") { _ in }
        refused { $0.namespace = "Shop" }
        refused { $0.server = "http://10.96.0.1" }
        refused { $0.server = nil }
        refused { $0.port = .number(0) }
        refused { $0.emptyAnswers = 0 }
        refused { $0.removalGrace = .seconds(-1) }
        refused { $0.requestTimeout = .zero }
        refused { $0.clusterDomain = "cluster local" }
    }
}
