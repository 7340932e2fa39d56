import Testing
import Threads

@testable import ClusterFormationDNS

/// Questions through c-ares to a server of ours that lies on command.
@Suite struct QueryTests {
    private let question = Question(name: "peers.test", type: .ipv4Address)

    private func server(
        acceptsTCP: Bool = true,
        _ reply: LyingNameServer.Reply
    ) throws -> LyingNameServer {
        try LyingNameServer(acceptsTCP: acceptsTCP) { _ in reply }
    }

    private func answer(of server: LyingNameServer) async throws -> DNSAnswer<String> {
        try await self.answer(of: AresNameServers(server))
    }

    /// The answer of a server that may give none.
    private func answerShortly(of server: LyingNameServer) async throws -> DNSAnswer<String> {
        try await self.answer(of: AresNameServers(server, timeout: AresNameServers.shortly))
    }

    private func answer(of servers: AresNameServers) async throws -> DNSAnswer<String> {
        do {
            let message = try await servers.ask(self.question, until: .soon)
            return .addresses(self.question, from: message)
        } catch let failure as DNSFailure {
            return .failed(failure)
        }
    }

    private func failure(_ kind: DNSFailure.Kind) -> DNSAnswer<String> { .failed(DNSFailure(kind, self.question)) }

    @Test func `a whole answer is one`() async throws {
        let server = try self.server(.records([.ipv4([10, 0, 0, 1], timeToLive: 9), .ipv4([10, 0, 0, 2])]))
        defer { server.close() }
        let answer = try await self.answer(of: server)
        #expect(answer == .whole(["10.0.0.1", "10.0.0.2"], timeToLive: .seconds(9)))
    }

    @Test func `no such name and no data are empty answers`() async throws {
        let server = try self.server(.code(3))
        defer { server.close() }
        let first = try await self.answer(of: server)
        #expect(first == .empty(.noName))
        server.reply { _ in .records([]) }
        let second = try await self.answer(of: server)
        #expect(second == .empty(.noData))
    }

    private static let refusals: [(UInt8, DNSFailure.Kind)] = [
        (1, .notUnderstood), (2, .serverFailure), (4, .notUnderstood), (5, .refused), (9, .serverFailure),
    ]

    @Test(arguments: Self.refusals)
    func `a server that says that it can't is a failure`(code: UInt8, kind: DNSFailure.Kind) async throws {
        let server = try self.server(.code(code))
        defer { server.close() }
        let answer = try await self.answer(of: server)
        #expect(answer == self.failure(kind))
    }

    @Test func `silence is a failure`() async throws {
        let server = try self.server(.silence)
        defer { server.close() }
        let answer = try await self.answerShortly(of: server)
        #expect(answer == self.failure(.timeout))
        // The second question may not have been read yet.
        try await server.waitUntilAsked(2)
        #expect(server.asked.count == 2)
    }

    @Test func `a port at which nobody listens is a failure`() async throws {
        // Below those that servers of other tests are given.
        let servers = AresNameServers(options: AresOptions(servers: ["127.0.0.1:1"], rounds: 2))
        let answer = try await self.answer(of: servers)
        #expect(answer == self.failure(.unreachable))
    }

    private static var nonsense: [LyingNameServer.Reply] {
        [
            .bytes([]), .bytes([1]), .bytes([UInt8](repeating: 0xff, count: 600)), .wrongID([.ipv4([10, 6, 6, 6])]),
            .wrongQuestion([.ipv4([10, 6, 6, 6])]), .cut([.ipv4([10, 6, 6, 6])], to: 20),
        ]
    }

    @Test(arguments: Self.nonsense.indices)
    func `garbage, wrong ids and answers to other questions are failures`(index: Int) async throws {
        let server = try self.server(Self.nonsense[index])
        defer { server.close() }
        guard case .failed = try await self.answerShortly(of: server) else {
            Issue.record("it counts as an answer")
            return
        }
    }

    @Test func `half an answer is a failure`() async throws {
        let records = (1...20).map { MessageBytes.Record.ipv4([10, 0, 0, $0]) }
        let server = try self.server(.cut(records, to: 200))
        defer { server.close() }
        let answer = try await self.answer(of: server)
        #expect(answer == self.failure(.badAnswer))
    }

    @Test func `an answer that does not fit is fetched over TCP`() async throws {
        let records = (0..<300).map { MessageBytes.Record.ipv4([10, 0, UInt8($0 / 250), UInt8($0 % 250 + 1)]) }
        let server = try LyingNameServer { $0.isTCP ? .records(records) : .truncated(Array(records.prefix(3))) }
        defer { server.close() }
        guard case .whole(let addresses, _) = try await self.answer(of: server) else {
            Issue.record("not whole")
            return
        }
        #expect(addresses.count == 300)
        #expect(server.asked.map(\.isTCP) == [false, true])
    }

    @Test func `over TCP a server has more time than for a datagram`() async throws {
        let records: [MessageBytes.Record] = [.ipv4([10, 0, 0, 1])]
        let server = try LyingNameServer { $0.isTCP ? .late(records, by: .seconds(3)) : .truncated() }
        defer { server.close() }
        let answer = try await self.answer(of: AresNameServers(server, timeout: .seconds(1)))
        #expect(answer == .whole(["10.0.0.1"], timeToLive: .seconds(60)))
    }

    @Test func `thousands of addresses come over TCP`() async throws {
        let records = (0..<4_000).map { MessageBytes.Record.ipv4([10, 1, UInt8($0 / 250), UInt8($0 % 250 + 1)]) }
        let server = try LyingNameServer { $0.isTCP ? .records(records) : .truncated() }
        defer { server.close() }
        guard case .whole(let addresses, _) = try await self.answer(of: server) else {
            Issue.record("not whole")
            return
        }
        #expect(addresses.count == 4_000)
    }

    @Test func `a cut answer without TCP is a failure`() async throws {
        let server = try self.server(acceptsTCP: false, .truncated([.ipv4([10, 0, 0, 1])]))
        defer { server.close() }
        guard case .failed = try await self.answerShortly(of: server) else {
            Issue.record("a cut list counts as the whole one")
            return
        }
    }

    @Test func `a TCP connection that ends is a failure`() async throws {
        let server = try LyingNameServer { $0.isTCP ? .hangUp : .truncated() }
        defer { server.close() }
        guard case .failed = try await self.answerShortly(of: server) else {
            Issue.record("it counts as an answer")
            return
        }
    }

    @Test func `a list that is cut over TCP, too, is a part of one`() async throws {
        let server = try self.server(.truncated([.ipv4([10, 0, 0, 1])]))
        defer { server.close() }
        let answer = try await self.answer(of: server)
        #expect(answer == .partial(["10.0.0.1"], DNSFailure(.truncated, self.question)))
    }

    @Test func `a server that does not know EDNS is asked without it`() async throws {
        let server = try LyingNameServer { $0.isExtended ? .code(1) : .records([.ipv4([10, 0, 0, 1])]) }
        defer { server.close() }
        let answer = try await self.answer(of: server)
        #expect(answer == .whole(["10.0.0.1"], timeToLive: .seconds(60)))
    }

    @Test func `TCP can be asked for at once`() async throws {
        let server = try self.server(.records([.ipv4([10, 0, 0, 1])]))
        defer { server.close() }
        var servers = AresNameServers(server)
        servers.options.usesTCP = true
        let answer = try await self.answer(of: servers)
        #expect(answer == .whole(["10.0.0.1"], timeToLive: .seconds(60)))
        #expect(server.asked.map(\.isTCP) == [true])
    }

    @Test func `the next server is asked when the first is silent or fails`() async throws {
        let good = try self.server(.records([.ipv4([10, 0, 0, 1])]))
        defer { good.close() }
        for reply in [LyingNameServer.Reply.silence, .code(2), .code(5)] {
            let bad = try self.server(reply)
            defer { bad.close() }
            var servers = AresNameServers(bad, timeout: .seconds(1))
            servers.options.servers.append("127.0.0.1:\(good.port)")
            let answer = try await self.answer(of: servers)
            #expect(answer == .whole(["10.0.0.1"], timeToLive: .seconds(60)))
        }
    }

    @Test func `a deadline ends a question`() async throws {
        let server = try self.server(.silence)
        defer { server.close() }
        let servers = AresNameServers(server, timeout: .seconds(60))
        await #expect(throws: DNSFailure(.timeout, self.question)) {
            try await servers.ask(self.question, until: .now + .milliseconds(50))
        }
    }

    @Test func `a cancelled question ends at once`() async throws {
        let server = try self.server(.silence)
        defer { server.close() }
        let servers = AresNameServers(server, timeout: .seconds(60))
        let asking = Task { try await servers.ask(self.question, until: .soon) }
        try await server.waitUntilAsked()
        let start = ContinuousClock.now
        asking.cancel()
        await #expect(throws: CancellationError.self) { try await asking.value }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `questions at the same time have sockets of their own`() async throws {
        let server = try self.server(.records([]))
        defer { server.close() }
        let servers = AresNameServers(server)
        async let one = servers.ask(Question(name: "peers.test", type: .ipv4Address), until: .soon)
        async let other = servers.ask(Question(name: "peers.test", type: .ipv6Address), until: .soon)
        _ = try await (one, other)
        #expect(Set(server.asked.map(\.port)).count == 2)
    }
}
