import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterFormationDNS

/// The strategy with a name server that lies on command.
@Suite(.timeLimit(.minutes(2)))
struct LyingServerTests {
    private static let peers: [MessageBytes.Record] = [.ipv4([10, 0, 0, 1]), .ipv4([10, 0, 0, 2])]

    private func peers() throws -> Set<Endpoint> { try .hosts(["10.0.0.1", "10.0.0.2"]) }

    /// A lie, and the conditions that it may lead to.
    private static var lies: [(LyingNameServer.Reply, codes: Set<String>)] {
        [
            (.code(1), ["dns_not_understood"]), (.code(2), ["dns_servfail"]), (.code(5), ["dns_refused"]),
            (.silence, ["dns_timeout"]),
            (.bytes([UInt8](repeating: 0xff, count: 300)), ["dns_timeout", "dns_bad_answer"]),
            (.wrongID([.ipv4([10, 6, 6, 6])]), ["dns_timeout"]),
            (.wrongQuestion([.ipv4([10, 6, 6, 6])]), ["dns_timeout"]),
            (.cut(Self.peers, to: 40), ["dns_bad_answer"]), (.records([.ipv4([0, 0, 0, 0])]), ["dns_bad_answer"]),
            // Over TCP it hangs up.
            (
                .truncated([.ipv4([10, 0, 0, 1])]),
                ["dns_unreachable", "dns_bad_answer", "dns_timeout", "dns_truncated"]
            ),
            (.hangUp, ["dns_timeout"]),
        ]
    }

    @Test(arguments: Self.lies.indices)
    func `a server that goes wrong loses nobody, and its recovery is told`(index: Int) async throws {
        let (lie, codes) = Self.lies[index]
        let server = try LyingNameServer { _ in .records(Self.peers) }
        defer { server.close() }
        // What a lie leaves without an answer is given up soon, and then the look-up's own deadline may come first.
        let isSilent = codes.contains("dns_timeout")
        let strategy = try DNSStrategy(
            name: "orders.test.",
            configuration: .quick(server.port, timeout: isSilent ? .milliseconds(500) : .seconds(30))
        )
        let peers = try self.peers()
        try await StrategyRun.with(strategy) { run in
            try await run.wait(for: "the peers") { $0.known == peers }
            server.reply { _ in lie }
            try await run.wait(for: "several failures") { said in
                said.conditions.count { $0.state == .impaired } >= 4 && !said.codes.isDisjoint(with: codes)
            }
            #expect(run.said.value.codes.isSubset(of: isSilent ? codes.union(["timeout"]) : codes))
            server.reply { _ in .records(Self.peers) }
            try await run.wait(for: "the recovery") { $0.conditions.last?.state == .active }
            #expect(run.said.value.lost.isEmpty)
            #expect(run.said.value.known == peers)
        }
    }

    @Test(arguments: [LyingNameServer.Reply.code(3), .records([])].indices)
    func `an empty answer one time in six loses nobody`(index: Int) async throws {
        let lie = [LyingNameServer.Reply.code(3), .records([])][index]
        let server = try LyingNameServer { _ in .records(Self.peers) }
        defer { server.close() }
        let count = Observed(0)
        server.reply { _ in
            let number = count.update { count in
                count += 1
                return count
            }
            return number % 6 == 0 ? lie : .records(Self.peers)
        }
        let strategy = try DNSStrategy(
            name: "orders.test.",
            configuration: .quick(server.port, interval: .milliseconds(10))
        )
        try await StrategyRun.with(strategy) { run in
            try await run.wait(forLists: 60)
            #expect(run.said.value.lost.isEmpty)
            #expect(run.said.value.codes == ["empty_unconfirmed"])
        }
    }

    @Test func `a name that stays empty is believed the third time`() async throws {
        let server = try LyingNameServer { _ in .records(Self.peers) }
        defer { server.close() }
        let strategy = try DNSStrategy(name: "orders.test.", configuration: .quick(server.port))
        let peers = try self.peers()
        try await StrategyRun.with(strategy) { run in
            try await run.wait(for: "the peers") { $0.known == peers }
            let asked = server.asked.count
            server.reply { _ in .code(3) }
            try await run.wait(for: "the end of all") { $0.known.isEmpty }
            #expect(server.asked.count - asked >= 3)
            #expect(run.said.value.codes == ["empty_unconfirmed"])
        }
    }

    @Test func `one family that fails takes nothing from the other`() async throws {
        let server = try LyingNameServer { $0.type == 1 ? .records(Self.peers) : .code(2) }
        defer { server.close() }
        var configuration = try DNSConfiguration.quick(server.port)
        configuration.families = .both
        let strategy = try DNSStrategy(name: "orders.test.", configuration: configuration)
        let peers = try self.peers()
        try await StrategyRun.with(strategy) { run in
            try await run.wait(for: "the peers") { $0.known == peers }
            #expect(run.said.value.conditions.last?.code == "dns_servfail")
            #expect(run.said.value.conditions.last?.message?.contains("AAAA orders.test.") == true)
            server.reply { $0.type == 1 ? .records([.ipv4([10, 0, 0, 1])]) : .code(2) }
            let one = try Set.hosts(["10.0.0.1"])
            try await run.wait(for: "the end of the second peer") { $0.known == one }
        }
    }

    @Test func `half a service's targets that can't be resolved lose nobody`() async throws {
        let records: [MessageBytes.Record] = [.service("a.test", port: 1), .service("b.test", port: 2)]
        let answers: @Sendable (LyingNameServer.Asked) -> LyingNameServer.Reply = { asked in
            switch (asked.name, asked.type) {
            case (_, 33): .records(records)
            case ("a.test", 1): .records([.ipv4([10, 0, 0, 1])])
            case ("b.test", 1): .records([.ipv4([10, 0, 0, 2])])
            default: .records([])
            }
        }
        let server = try LyingNameServer(answers)
        defer { server.close() }
        let strategy = try DNSStrategy(service: "_mesh._tcp.test.", configuration: .quick(server.port))
        let peers: Set<Endpoint> = [try Endpoint(host: "10.0.0.1", port: 1), try Endpoint(host: "10.0.0.2", port: 2)]
        try await StrategyRun.with(strategy) { run in
            try await run.wait(for: "the peers") { $0.known == peers }
            server.reply { $0.name == "b.test" ? .code(2) : answers($0) }
            try await run.wait(for: "several failures") { said in
                said.conditions.count { $0.code == "dns_servfail" } >= 4
            }
            #expect(run.said.value.lost.isEmpty)
            server.reply { $0.name == "b.test" ? .code(3) : answers($0) }
            try await run.wait(for: "the end of the second peer") { $0.known.count == 1 }
        }
    }

    @Test func `a time-to-live between the interval and 30 s is waited for`() async throws {
        let server = try LyingNameServer { _ in .records([.ipv4([10, 0, 0, 1], timeToLive: 3_600)]) }
        defer { server.close() }
        var configuration = try DNSConfiguration.quick(server.port)
        configuration.polling.longestWait = .seconds(30)
        let strategy = try DNSStrategy(name: "orders.test.", configuration: configuration)
        try await StrategyRun.with(strategy) { run in
            try await run.wait(forLists: 1)
            await #expect(throws: WaitTimeout.self) {
                try await run.said.wait(within: .milliseconds(500), for: { _ in "" }, until: { $0.lists > 1 })
            }
            #expect(server.asked.count == 1)
        }
    }
}
