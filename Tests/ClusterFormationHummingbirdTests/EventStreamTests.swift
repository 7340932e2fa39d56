#if Hummingbird
    import AsyncHTTPClient
    import ClusterFormation
    import ClusterFormationTesting
    import NIOCore
    import NIOHTTP1
    import Testing

    @testable import ClusterFormationHummingbird

    @Suite struct EventStreamTests {
        /// Opens a stream; hands its text to the body whenever there is more of it, until the body is content.
        private static func read(
            _ address: String,
            until isDone: @Sendable @escaping (String) async throws -> Bool
        ) async throws -> String {
            try await withTimeout(.seconds(60)) {
                "an event at \(address)"
            } operation: {
                let request = HTTPClientRequest(url: "\(address)/cluster/events")
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
                #expect(response.status == .ok)
                #expect(response.headers.first(name: "content-type") == "text/event-stream")
                var text = ""
                for try await buffer in response.body {
                    text += String(buffer: buffer)
                    if try await isDone(text) { break }
                }
                return text
            }
        }

        private static func status(_ address: String) async throws -> (status: UInt, retryAfter: String?) {
            let request = HTTPClientRequest(url: "\(address)/cluster/events")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            return (response.status.code, response.headers.first(name: "retry-after"))
        }

        @Test("What happens is told as it happens, one event after the other") func events() async throws {
            let stage = try PageStage()
            let peer = try PageStage.peers(7...7)
            let text = try await stage.running { address in
                try await Self.read(address) { text in
                    if text == EventFrames.greeting { stage.strategy.find(peer) }
                    return text.contains("peer_connected")
                }
            }
            let lines = text.split(separator: "\n")
            let node = #""node":{"endpoint":"10.0.0.7:7337","instance":"00000000000000070000000000000001","#
            #expect(lines.first == "retry: 2000")
            #expect(lines.contains { $0.hasPrefix(#"data: {"event":"peer_discovered",\#(node)"#) })
            #expect(lines.contains { $0.hasPrefix(#"data: {"event":"peer_connected",\#(node)"#) })
        }

        @Test("An orderly shutdown ends a stream") func shutdown() async throws {
            let stage = try PageStage()
            let (served, begun) = (Observed<String?>(nil), Observed(false))
            async let text = Self.readToEnd(served, begun)
            try await stage.running { address in
                served.update { $0 = address }
                try await begun.wait(within: .seconds(60)) { _ in
                    "the stream's begin"
                } until: {
                    $0
                }
            }
            #expect(try await text.hasPrefix(EventFrames.greeting))
        }

        private static func readToEnd(_ served: Observed<String?>, _ begun: Observed<Bool>) async throws -> String {
            try await served.wait(within: .seconds(60)) { _ in
                "the server's address"
            } until: {
                $0 != nil
            }
            return try await Self.read(served.value ?? "") { _ in
                begun.update { $0 = true }
                return false
            }
        }

        @Test("No more streams than allowed, and a browser that leaves makes room") func limit() async throws {
            let stage = try PageStage {
                $0.maximumStreams = 1
                // No line that fails to be sent is what shows that the browser is gone.
                $0.keepAliveInterval = .seconds(3_600)
            }
            try await stage.running { address in
                _ = try await Self.read(address) { _ in
                    let second = try await Self.status(address)
                    #expect(second.status == 503)
                    #expect(second.retryAfter == "30")
                    return true
                }
                try await withTimeout(.seconds(60)) {
                    "room for another stream"
                } operation: {
                    while try await Self.status(address).status != 200 { await Task.yield() }
                }
            }
        }

        @Test("Where there are to be no streams, there are none") func off() async throws {
            let stage = try PageStage { $0.maximumStreams = 0 }
            try await stage.running { address in
                let answer = try await Self.status(address)
                #expect(answer.status == 503)
            }
        }

        @Test("A silent stream is kept alive") func keepAlive() async throws {
            let (stage, clock) = (try PageStage(), ManualClock())
            try await stage.running { _ in
                let frames = EventFrames(
                    events: stage.cluster.events,
                    keepAliveInterval: .seconds(15),
                    clock: clock
                )
                var iterator = frames.makeAsyncIterator()
                #expect(try await iterator.next().map { String(buffer: $0) } == EventFrames.greeting)
                for _ in 1...2 {
                    async let turn: Void = Self.turn(clock)
                    #expect(try await iterator.next().map { String(buffer: $0) } == EventFrames.keepAlive)
                    try await turn
                }
            }
        }

        private static func turn(_ clock: ManualClock) async throws {
            try await clock.waitForSleepers(count: 1)
            clock.advance(by: .seconds(15))
        }

        @Test("Who reads slowly is told how much is missing, and holds up nobody") func slow() async throws {
            let stage = try PageStage(eventBufferSize: 2)
            try await stage.running { _ in
                let frames = EventFrames(
                    events: stage.cluster.events,
                    keepAliveInterval: .seconds(15),
                    clock: ManualClock()
                )
                stage.strategy.find(try PageStage.peers(1...9))
                try await stage.waitForPeers(connected: 9)
                var texts: [String] = []
                for try await frame in frames {
                    texts.append(String(buffer: frame))
                    if texts.last?.contains("missed") == true { break }
                }
                #expect(texts.count == 4)
                let count = try #require(texts.last?.firstMatch(of: /"count":([0-9]+)/)?.output.1)
                // Nine are found and nine connected; two of these had room.
                #expect(count == "16")
            }
        }

        @Test("The end of the cluster ends a stream") func end() async throws {
            let stage = try PageStage()
            let frames = try await stage.running { _ in
                EventFrames(events: stage.cluster.events, keepAliveInterval: .seconds(15), clock: ManualClock())
            }
            var last = ""
            for try await frame in frames { last = String(buffer: frame) }
            #expect(!last.isEmpty)
        }
    }
#endif
