import ClusterFormationTesting
import Logging
import Testing

@testable import ClusterFormation

@Suite struct ClusterLogTests {
    private let recorder = LogRecorder()
    private let clock = ManualClock()
    private let log: ClusterLog

    init() {
        self.log = ClusterLog(logger: self.recorder.logger, clock: ClusterClock(self.clock))
    }

    private var written: [LogRecorder.Line] { self.recorder.lines }

    @Test("A flood of strangers fills no log: some lines at once, then one a second, and a word about the rest")
    func flood() throws {
        for number in 0..<100_000 {
            if number % 1_000 == 0 { self.clock.advance(by: .milliseconds(100)) }
            let node = try peer(number % 60_000)
            self.log.event(.peerDiscovered(node))
            self.log.event(.connectFailed(node, failures: 1, retryIn: .seconds(1), message: "refused"))
            self.log.event(.peerForgotten(node, .evicted))
        }
        // Ten seconds, and after each pause one line about what was left out.
        #expect(self.written.count <= LineBudget.burst + 2 * 11)
        let suppressed = self.written.compactMap { $0.metadata[LogKey.suppressed] }.compactMap { Int("\($0)") }
        #expect(suppressed.hasOnly { $0 > 10_000 })
        #expect(suppressed.count >= 8)
    }

    @Test("Strangers do not use up the lines of those who are connected")
    func linksAreHeardOf() throws {
        for number in 0..<1_000 {
            self.log.event(.connectFailed(try peer(number), failures: 1, retryIn: .zero, message: "refused"))
        }
        self.log.event(.peerConnected(try peer(7)))
        self.log.event(.peerDisconnected(try peer(7), reason: "reset"))
        let last = self.written.suffix(2)
        #expect(last.map(\.message) == ["Peer connected", "Peer disconnected"])
        #expect(last.hasOnly { $0.metadata[LogKey.peer] == "10.0.0.7:7000" })
    }

    @Test("A strategy that comes and goes every second fills no log, and is not forgotten either")
    func comesAndGoes() throws {
        for _ in 0..<3_600 {
            self.log.event(.strategyChanged(name: "postgres", .impaired(code: "connection_lost", message: "gone")))
            self.log.event(.strategyChanged(name: "postgres", .active))
            self.clock.advance(by: .seconds(1))
        }
        // Twenty at once, six a minute, and before each a word about the rest.
        let told = self.written.filter { $0.metadata[LogKey.strategy] != nil }
        #expect((300...381).contains(told.count), "\(told.count)")
        #expect(self.written.count { $0.metadata[LogKey.suppressed] != nil } <= 361)
    }

    @Test("A series of failed connects is one line")
    func series() throws {
        for failures in 1...30 {
            self.log.event(.connectFailed(try peer(1), failures: failures, retryIn: .seconds(1), message: "refused"))
        }
        #expect(self.written.count == 1)
    }

    @Test("What somebody must act on is a warning, what happens once is information")
    func levels() throws {
        self.log.event(.strategyChanged(name: "postgres", .impaired(code: "pooler", message: "Connect directly.")))
        self.log.event(.endpointConflict(try peer(1).endpoint, isLocal: false))
        self.log.event(.strategyChanged(name: "postgres", .active))
        self.log.event(.peerConnected(try peer(1)))
        self.log.refused()
        self.log.refused()
        #expect(self.written.map(\.level) == [.warning, .warning, .info, .info, .warning])
        #expect(self.written[0].metadata[LogKey.code] == "pooler")
        #expect(self.written[0].metadata[LogKey.explanation] == "Connect directly.")
    }

    @Test("Messages are constant: what comes from elsewhere is in the metadata")
    func constantMessages() throws {
        for number in 1...3 { self.log.event(.peerDisconnected(try peer(number), reason: "reset \(number)")) }
        #expect(Set(self.written.map(\.message)).count == 1)
    }

    @Test("What a connector or a strategy throws reaches the log in one line, without control characters")
    func foreignText() async throws {
        struct Hostile: Error, CustomStringConvertible {
            let description = "bad\u{1b}[31m\nforged line" + String(repeating: "x", count: 1_000)
        }
        struct Throwing: ClusterStrategy {
            let name = "throwing"
            let node: Node
            func run(in context: StrategyContext) async throws {
                context.discovery.found(self.node)
                throw Hostile()
            }
        }
        let connector = RecordingConnector()
        connector.setBehavior(.fail(Hostile()))
        let cluster = try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: Throwing(node: try peer(1)),
            connector: connector,
            logger: self.recorder.logger
        )
        let events = cluster.events
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            var awaited: Set = ["connect", "strategy"]
            for await event in events {
                if case .connectFailed = event { awaited.remove("connect") }
                if case .strategyChanged = event { awaited.remove("strategy") }
                if awaited.isEmpty { break }
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        let texts = self.written.flatMap { line in [line.message] + line.metadata.values.map { "\($0)" } }
        #expect(texts.contains { $0.contains("forged line") })
        #expect(texts.hasOnly { !NodeMetadata.hasControlCharacters($0) && $0.unicodeScalars.count < 320 })
        #expect(self.written.hasOnly { $0.metadata[LogKey.cluster] == "orders" })
    }
}
