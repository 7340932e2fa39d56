#if Hummingbird
    @testable import ClusterFormation
    import ClusterFormationTesting
    import Foundation
    import Testing

    private let pictureFolder = ProcessInfo.processInfo.environment["LIVE_PAGE_PICTURES"]

    /// Takes the pictures of the documentation: `LIVE_PAGE_PICTURES=Documentation swift test --traits Hummingbird …`.
    @Suite(.serialized, .enabled(if: pictureFolder != nil, "LIVE_PAGE_PICTURES names no folder for them"))
    struct LivePagePictures {
        @Test("Few and many peers, in light and dark, wide and narrow", arguments: [3, 12, 500])
        func pictures(count: Int) async throws {
            let stage = try PageStage()
            let peers = try (1...count).map { number in
                var peer = try PageStage.peers(number...number)[0]
                peer.instance = InstanceID(high: UInt64(number) &* 0x9e37_79b9_7f4a_7c15, low: 1)
                peer.metadata = ["zone": ["eu-1a", "eu-1b", "eu-1c"][number % 3], "version": "4.2.\(number % 2)"]
                return peer
            }
            let failing = count > 12 ? peers.filter { $0.endpoint.host.hasSuffix("7") }.prefix(6) : peers[2..<3]
            try await stage.running { address in
                try await Chromium.withPage { page in
                    try await page.show("\(address)/cluster", height: 680)
                    try await page.wait(for: "live")
                    stage.strategy.find(peers)
                    try await page.wait(for: "All \(count) peers are connected.", in: "#verdict")
                    try await self.take("live-page-\(count)-calm", of: page)
                    for peer in failing {
                        stage.connector.setBehavior(.fail(Refused()), for: peer.endpoint)
                        stage.connector.breakLink(to: peer.endpoint, reason: "reset by peer")
                    }
                    try await page.wait(for: "connection refused", in: "#peers tr:first-child")
                    try await self.take(count == 12 ? "live-page" : "live-page-\(count)-light", of: page)
                    try await page.restyle(scheme: "dark")
                    try await self.take("live-page-\(count)-dark", of: page)
                    stage.strategy.report(
                        .impaired(
                            code: "unreachable",
                            message:
                                "Nobody listens at db.internal:5432; start PostgreSQL, or correct the connection string."
                        )
                    )
                    try await page.wait(for: "can't be found", in: "#verdict")
                    try await self.take("live-page-\(count)-outage", of: page)
                    try await page.restyle(width: 400, scheme: "light")
                    try await self.take("live-page-\(count)-narrow", of: page)
                }
            }
        }

        private func take(_ name: String, of page: BrowserPage) async throws {
            let folder = URL(fileURLWithPath: pictureFolder ?? "")
            try await page.screenshot().write(to: folder.appendingPathComponent("\(name).png"))
        }
    }
#endif
