#if Hummingbird
    import AsyncHTTPClient
    import ClusterFormation
    import ClusterFormationHummingbird
    import Foundation
    import Hummingbird
    import HummingbirdTesting
    import NIOCore
    import NIOHTTP1
    import Testing

    @Suite struct RouteTests {
        private func get(_ url: String) async throws -> (response: HTTPClientResponse, body: String) {
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 4_000_000)
            return (response, String(buffer: body))
        }

        @Test("A node is live before it is ready, and says why it is not") func notYetReady() async throws {
            let stage = try PageStage()
            try await Application(router: stage.router(), logger: PageStage.logger).test(.router) { client in
                try await client.execute(uri: "/livez", method: .get) { response in
                    #expect(response.status == .ok)
                    #expect(String(buffer: response.body) == #"{"is_live":true,"version":1}"#)
                }
                try await client.execute(uri: "/readyz", method: .get) { response in
                    #expect(response.status == .serviceUnavailable)
                    let readiness = try JSONDecoder().decode(
                        Readiness.self,
                        from: Data(response.body.readableBytesView)
                    )
                    #expect(!readiness.isReady)
                    #expect(readiness.reasons == ["The cluster is not running, it is idle."])
                }
            }
        }

        @Test("A node is ready once the strategy works, and stays so when that fails") func ready() async throws {
            let stage = try PageStage()
            try await stage.running { address in
                let ready = try await self.get("\(address)/readyz")
                #expect(ready.response.status == .ok)
                #expect(ready.response.headers.first(name: "content-type") == "application/json; charset=utf-8")
                #expect(ready.response.headers.first(name: "cache-control") == "no-store")
                #expect(ready.body == #"{"is_ready":true,"reasons":[],"version":1}"#)
                stage.strategy.report(.impaired(code: "unreachable", message: "Start it."))
                let still = try await self.get("\(address)/readyz")
                #expect(still.response.status == .ok)
                #expect(still.body.contains("Strategy postgres is impaired: unreachable: Start it."))
            }
        }

        @Test("Too few peers make a node unready, with the reason") func tooFew() async throws {
            let stage = try PageStage()
            let router = Router()
            router.group("strict").addClusterHealth(stage.cluster, minimumPeers: 2, graceTime: .seconds(3_600))
            let server = Application(router: router, logger: PageStage.logger)
            try await stage.running { _ in
                try await server.test(.router) { client in
                    try await client.execute(uri: "/strict/readyz", method: .get) { response in
                        #expect(response.status == .serviceUnavailable)
                        #expect(String(buffer: response.body).contains("0 of at least 2 peers are connected"))
                    }
                }
            }
        }

        @Test("The status is the cluster's own, as JSON") func status() async throws {
            let stage = try PageStage()
            try await stage.running { address in
                stage.strategy.find(try PageStage.peers(1...3))
                try await stage.waitForPeers(connected: 3)
                let answer = try await self.get("\(address)/cluster/status")
                #expect(answer.response.status == .ok)
                let status = try JSONDecoder().decode(ClusterStatus.self, from: Data(answer.body.utf8))
                #expect(status.clusterName == "orders")
                #expect(status.peers == stage.cluster.status.peers)
                #expect(status.connectedPeers.count == 3)
            }
        }

        @Test("The page runs its own script alone, and no other's page shows it") func page() async throws {
            let stage = try PageStage()
            try await Application(router: stage.router(), logger: PageStage.logger).test(.router) { client in
                var nonces: Set<Substring> = []
                for _ in 1...2 {
                    try await client.execute(uri: "/cluster", method: .get) { response in
                        #expect(response.status == .ok)
                        #expect(response.headers[.contentType] == "text/html; charset=utf-8")
                        let policy = try #require(response.headers[.contentSecurityPolicy])
                        #expect(policy.contains("default-src 'none'"))
                        #expect(policy.contains("frame-ancestors 'none'"))
                        #expect(policy.contains("require-trusted-types-for 'script'"))
                        let nonce = try #require(policy.firstMatch(of: /script-src 'nonce-([0-9a-f]{16,32})'/)).output.1
                        let page = String(buffer: response.body)
                        #expect(page.contains(#"<script nonce="\#(nonce)">"#))
                        #expect(page.contains(#"<style nonce="\#(nonce)">"#))
                        // The name of the icon's format is the one address in it.
                        #expect(page.matches(of: /https?:\/\//).count == 1)
                        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                            #expect(!page.contains(sink))
                        }
                        nonces.insert(nonce)
                    }
                }
                #expect(nonces.count == 2)
            }
        }

        @Test("What is not asked for is not there, and the page is where it is asked for") func mounting() async throws
        {
            let stage = try PageStage()
            let router = Router()
            router.addClusterHealth(stage.cluster)
            try router.group("internal").addClusterPage(stage.cluster, at: "peers/orders")
            try await Application(router: router, logger: PageStage.logger).test(.router) { client in
                for path in ["/cluster", "/cluster/status", "/cluster/events", "/internal"] {
                    try await client.execute(uri: path, method: .get) { #expect($0.status == .notFound) }
                }
                for path in ["/internal/peers/orders", "/internal/peers/orders/status"] {
                    try await client.execute(uri: path, method: .get) { #expect($0.status == .ok) }
                }
            }
        }

        @Test("A limit that can't work is refused") func badLimits() throws {
            let cluster = try PageStage().cluster
            let wrong: [(inout ClusterPageConfiguration) -> Void] = [
                { $0.maximumStreams = -1 }, { $0.keepAliveInterval = .zero },
                { $0.keepAliveInterval = .seconds(3_601) },
            ]
            for change in wrong {
                var configuration = ClusterPageConfiguration()
                change(&configuration)
                let error = #expect(throws: ClusterError.self) {
                    try Router().addClusterPage(cluster, configuration: configuration)
                }
                #expect(error?.code == .invalidConfiguration)
            }
        }
    }
#endif
