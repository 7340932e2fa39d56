#if HTTP
    import ClusterFormation
    import ClusterFormationTesting
    import HTTPTesting
    import PostgresTesting
    import Testing

    @testable import ClusterFormationHTTP

    /// Against a server, with the client that is used in production.
    @Suite struct HTTPListStrategyTests {
        private struct Registry: Sendable {
            var body = #"[{"targets": ["10.0.0.1:1", "10.0.0.2:1"]}]"#
            var status = 200
            var isSilent = false
            var index = 1
            var requests: [String] = []
        }

        private let registry = Observed(Registry())
        private let stage: StrategyStage

        init() throws { self.stage = try StrategyStage() }

        private var handler: TestServer.Handler {
            let registry = self.registry
            return { request, response in
                registry.update { $0.requests.append(request.target) }
                if registry.value.isSilent { try await registry.wait { !$0.isSilent } }
                if let index = request.parameters["index"].flatMap(Int.init) {
                    try await registry.wait { $0.index != index }
                }
                let now = registry.value
                let headers = ["Location": "/elsewhere", "X-Consul-Index": "\(now.index)"]
                try await response.answer(status: now.status, headers: headers, now.body)
            }
        }

        private func configuration(timeout: Duration = .seconds(5)) -> HTTPListConfiguration {
            var configuration = HTTPListConfiguration()
            configuration.polling.interval = .milliseconds(20)
            configuration.polling.timeout = timeout
            return configuration
        }

        private func strategy(_ server: TestServer, timeout: Duration = .seconds(5)) throws -> HTTPListStrategy {
            let url = "http://127.0.0.1:\(server.port)/peers"
            return try HTTPListStrategy(url: url, configuration: self.configuration(timeout: timeout))
        }

        @Test("What is listed is found, what is missing is lost, and failures change nothing")
        func finds() async throws {
            try await TestServer.withServer(handler: self.handler) { server in
                try await self.stage.running(try self.strategy(server)) {
                    try await self.stage.wait(for: "both") { $0.hosts == ["10.0.0.1", "10.0.0.2"] }
                    self.registry.update { $0.status = 500 }
                    try await self.stage.wait(for: "the fault") { $0.condition?.code == "server_error" }
                    self.registry.update { ($0.status, $0.body) = (200, #"[{"targets": ["10.0.0.2:1"]}]"#) }
                    try await self.stage.wait(for: "the loss") { $0.hosts == ["10.0.0.2"] }
                    self.registry.update { $0.status = 302 }
                    try await self.stage.wait(for: "the redirect") { $0.condition?.code == "server_error" }
                }
            }
            #expect(self.registry.value.requests.hasOnly { $0 == "/peers" })
        }

        @Test("A server that says nothing is a fault after the deadline, and one that is gone at once")
        func outage() async throws {
            let port = try await TestServer.withServer(handler: self.handler) { server in
                try await self.stage.running(try self.strategy(server, timeout: .milliseconds(300))) {
                    try await self.stage.wait(for: "both") { $0.known.count == 2 }
                    self.registry.update { $0.isSilent = true }
                    try await self.stage.wait(for: "the fault") { $0.condition?.code == "timeout" }
                    self.registry.update { $0.isSilent = false }
                    try await self.stage.wait(for: "its end") { $0.condition == .active }
                }
                return server.port
            }
            let url = "http://127.0.0.1:\(port)/peers"
            let strategy = try HTTPListStrategy(url: url, configuration: self.configuration())
            try await self.stage.running(strategy) {
                try await self.stage.wait(for: "the outage") { $0.condition?.code == "unreachable" }
            }
            #expect(self.stage.said.value.known.count == 2)
        }

        @Test("A change at Consul is known at once, although its queries are held")
        func consul() async throws {
            @Sendable func body(_ hosts: [String]) -> String {
                let entries = hosts.map { #"{"Node": {"Address": "\#($0)"}, "Service": {"Port": 1}}"# }
                return "[\(entries.joined(separator: ","))]"
            }
            self.registry.update { $0.body = body(["10.0.0.1"]) }
            try await TestServer.withServer(handler: self.handler) { server in
                let strategy = try HTTPListStrategy.consul(
                    service: "orders",
                    server: "http://127.0.0.1:\(server.port)",
                    configuration: self.configuration()
                )
                try await self.stage.running(strategy) {
                    try await self.registry.wait(within: .seconds(60)) {
                        "a held query; \($0.requests)"
                    } until: {
                        $0.requests.contains { $0.contains("index=1&wait=30s") }
                    }
                    self.registry.update { ($0.index, $0.body) = (2, body(["10.0.0.1", "10.0.0.2"])) }
                    try await self.stage.wait(for: "one more") { $0.known.count == 2 }
                    self.registry.update { ($0.index, $0.body) = (3, body(["10.0.0.2"])) }
                    try await self.stage.wait(for: "the loss") { $0.hosts == ["10.0.0.2"] }
                }
            }
        }

        @Test("Only a server that the given authority vouches for is believed")
        func authority() async throws {
            try await TestAuthority.withAuthority { authority in
                let certificate = try await authority.issue(name: "localhost")
                let identity = TestServer.Identity(certificate: certificate.certificate, key: certificate.key)
                try await TestServer.withServer(identity: identity, handler: self.handler) { server in
                    let url = "https://localhost:\(server.port)/peers"
                    var configuration = self.configuration()
                    try await self.stage.running(try HTTPListStrategy(url: url, configuration: configuration)) {
                        try await self.stage.wait(for: "the stranger") { $0.condition?.code == "untrusted" }
                    }
                    configuration.authorityFile = authority.certificate
                    try await self.stage.running(try HTTPListStrategy(url: url, configuration: configuration)) {
                        try await self.stage.wait(for: "both") { $0.known.count == 2 }
                    }
                }
            }
        }

        @Test("The contract of strategies holds, with a server that fails")
        func conformance() async throws {
            try await TestServer.withServer(handler: self.handler) { server in
                var conformance = StrategyConformance {
                    self.registry.update { $0.status = 200 }
                    return try self.strategy(server)
                }
                conformance.expectedPeers = [
                    try Endpoint(host: "10.0.0.1", port: 1), try Endpoint(host: "10.0.0.2", port: 1),
                ]
                conformance.breakMechanism = { self.registry.update { $0.status = 500 } }
                try await conformance.verify()
            }
        }
    }
#endif
