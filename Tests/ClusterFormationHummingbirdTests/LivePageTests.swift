#if Hummingbird
    import ClusterFormation
    import ClusterFormationTesting
    import Foundation
    import Testing

    @testable import ClusterFormationHummingbird

    /// The page as a reader sees it, in a real browser.
    @Suite(.serialized, .enabled(if: Chromium.path != nil, Comment(rawValue: Chromium.advice)))
    struct LivePageTests {
        private static func withPage(
            of stage: PageStage,
            _ body: @Sendable (BrowserPage) async throws -> Void
        ) async throws {
            try await stage.running { address in
                try await Chromium.withPage { page in
                    try await page.show("\(address)/cluster")
                    try await page.wait(for: "orders", "live", "seen by 10.0.3.7:7337")
                    try await body(page)
                }
            }
        }

        @Test("It shows a node join, one die, and another leave") func peers() async throws {
            let stage = try PageStage()
            try await Self.withPage(of: stage) { page in
                try await page.wait(for: "No peer is known.", in: "#verdict")
                let peers = try PageStage.peers(1...4)
                stage.strategy.find(Array(peers[..<3]))
                try await page.wait(for: "All 3 peers are connected.", in: "#verdict")
                try await page.wait(for: "10.0.0.1:7337", "10.0.0.3:7337", "zone=eu-1a", in: "#peers")

                stage.strategy.find([peers[3]])
                try await page.wait(for: "All 4 peers are connected.", in: "#verdict")
                try await page.wait(for: "10.0.0.4:7337 is connected", in: "#events")
                try await page.wait(for: "10.0.0.4:7337", in: "#peers")

                stage.connector.setBehavior(.fail(Refused()), for: peers[1].endpoint)
                stage.connector.breakLink(to: peers[1].endpoint, reason: "reset by peer")
                try await page.wait(for: "3 of 4 peers are connected.", in: "#verdict")
                try await page.wait(for: "10.0.0.2:7337 is disconnected: reset by peer", in: "#events")
                // Worst first, with the reason and the next attempt.
                try await page.wait(for: "retrying", "10.0.0.2:7337", "connection refused", in: "#peers tr:first-child")
                stage.strategy.lose(peers[1], .expired)
                try await page.wait(for: "All 3 peers are connected.", in: "#verdict")
                try await page.wait(for: "10.0.0.2:7337 is forgotten (expired)", in: "#events")
                try await page.wait(for: "10.0.0.1:7337", in: "#peers", without: ["10.0.0.2:7337"])

                stage.strategy.lose(peers[0], .left)
                try await page.wait(for: "All 2 peers are connected.", in: "#verdict")
            }
        }

        @Test("It shows the database go and come, and the links stay") func database() async throws {
            let stage = try PageStage()
            try await Self.withPage(of: stage) { page in
                stage.strategy.find(try PageStage.peers(1...2))
                try await page.wait(for: "All 2 peers are connected.", in: "#verdict")
                stage.strategy.report(.impaired(code: "unreachable", message: "Nobody listens on port 5432; start it."))
                try await page.wait(
                    for: "Peers can't be found by postgres (unreachable) now.",
                    "All 2 peers are connected.",
                    "Links stay up.",
                    in: "#verdict"
                )
                try await page.wait(for: "impaired", "Nobody listens on port 5432; start it.", in: "#strategies")
                try await page.wait(for: "Strategy postgres is impaired", in: "#events")
                stage.strategy.report(.active)
                try await page.wait(for: "All 2 peers are connected.", in: "#verdict", without: ["can't be found"])
                try await page.wait(for: "Strategy postgres is active", in: "#events")
            }
        }

        @Test("Whatever a peer says of itself is text") func hostile() async throws {
            let stage = try PageStage()
            try await Self.withPage(of: stage) { page in
                let words = #"<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>"#
                stage.strategy.find(try PageStage.peers(1...1, metadata: ["zone": words]))
                try await page.wait(for: "zone=\(words)", in: "#peers")
                stage.strategy.report(.impaired(code: "broken", message: words))
                try await page.wait(for: words, in: "#strategies")
                try await page.wait(for: words, in: "#events")
                #expect(try await page.value("document.querySelectorAll('img, script').length") == "1")
                #expect(try await page.value("document.title").contains("orders"))
            }
        }

        @Test("Five hundred peers can be read: worst first, by state, by filter, and all when asked for")
        func many() async throws {
            let stage = try PageStage()
            let peers = try PageStage.peers(1...500)
            for number in [77, 300] { stage.connector.setBehavior(.fail(Refused()), for: peers[number - 1].endpoint) }
            try await Self.withPage(of: stage) { page in
                stage.strategy.find(peers)
                try await page.wait(for: "498 of 500 peers are connected.", in: "#verdict")
                try await page.wait(for: "retrying", "10.0.0.77:7337", in: "#peers tr:nth-child(-n+2)")
                #expect(try await page.value("document.querySelectorAll('#peers tr').length") == "100")
                try await page.wait(for: "Show all 500", in: "#more")

                try await page.click("#chips button[data-state=retrying]")
                #expect(try await page.value("document.querySelectorAll('#peers tr').length") == "2")
                try await page.click("#chips button[data-state=\"\"]")

                try await page.filter("eu-1a 10.0.1.200")
                try await page.wait(for: "10.0.1.200:7337", in: "#peers", without: ["10.0.1.201:7337"])
                #expect(try await page.value("document.querySelectorAll('#peers tr').length") == "1")
                try await page.filter("nowhere")
                try await page.wait(for: "No peer matches the filter.", in: "#no-peers")
                try await page.filter("")

                try await page.click("#more")
                #expect(try await page.value("document.querySelectorAll('#peers tr').length") == "500")
                // What came in a rush is not kept without end.
                #expect(try #require(Int(await page.value("document.querySelectorAll('#events li').length"))) <= 200)
            }
        }

        @Test("Without room for its stream, the page reads the status all the same") func polling() async throws {
            let stage = try PageStage { $0.maximumStreams = 0 }
            try await stage.running { address in
                try await Chromium.withPage { page in
                    try await page.show("\(address)/cluster")
                    try await page.wait(for: "orders", "every 5 s", "No peer is known.")
                    stage.strategy.find(try PageStage.peers(1...1))
                    try await page.wait(for: "The one peer is connected.", in: "#verdict")
                }
            }
        }

        @Test("When the node ends, the page says so and keeps what it knew") func end() async throws {
            try await Chromium.withPage { page in
                let stage = try PageStage()
                try await stage.running { address in
                    try await page.show("\(address)/cluster")
                    stage.strategy.find(try PageStage.peers(1...2))
                    try await page.wait(for: "live", "All 2 peers are connected.")
                }
                try await page.wait(for: "no answer since", in: "#connection")
                #expect(try await page.value("document.body.classList.contains('stale')") == "true")
            }
        }
    }

    struct Refused: Error, CustomStringConvertible {
        let description = "connection refused (errno 111)"
    }
#endif
