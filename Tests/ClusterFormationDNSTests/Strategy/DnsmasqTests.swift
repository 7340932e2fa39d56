import ClusterFormation
import ClusterFormationTesting
import Testing

@testable import ClusterFormationDNS

/// The strategy with a real name server.
@Suite(.enabled("dnsmasq is not installed") { Dnsmasq.isInstalled }, .timeLimit(.minutes(2)))
struct DnsmasqTests {
    private let three = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]

    @Test func `the strategy keeps the contract, with a name`() async throws {
        try await Dnsmasq.with(hosts: ["orders.test": self.three]) { server in
            let configuration = try DNSConfiguration.quick(server.port)
            var conformance = StrategyConformance {
                try DNSStrategy(name: "orders.test.", configuration: configuration)
            }
            conformance.expectedPeers = try .hosts(self.three)
            conformance.watchTime = .milliseconds(500)
            let isBroken = Once()
            conformance.breakMechanism = { if isBroken.isFirst { server.stop() } }
            // What runs after the break finds its peers again.
            conformance.findLimit = .seconds(30)
            async let restarted: Void = {
                try await isBroken.wait()
                try await Task.sleep(for: .seconds(1))
                try await server.start()
            }()
            try await conformance.verify()
            try await restarted
        }
    }

    @Test func `the strategy keeps the contract, with a service`() async throws {
        let records = (1...3).map { "--srv-host=_mesh._tcp.orders.test,n\($0).test,700\($0)" }
        let hosts = ["n1.test": ["10.0.0.1"], "n2.test": ["10.0.0.2"], "n3.test": ["10.0.0.3"]]
        try await Dnsmasq.with(hosts: hosts, records: records) { server in
            let configuration = try DNSConfiguration.quick(server.port)
            var conformance = StrategyConformance {
                try DNSStrategy(service: "_mesh._tcp.orders.test.", configuration: configuration)
            }
            conformance.expectedPeers = Set(try (1...3).map { try Endpoint(host: "10.0.0.\($0)", port: 7_000 + $0) })
            try await conformance.verify()
        }
    }

    @Test func `who comes is found at once, and who goes is lost after three answers`() async throws {
        try await Dnsmasq.with(hosts: ["orders.test": self.three]) { server in
            let strategy = try DNSStrategy(name: "orders.test.", configuration: .quick(server.port))
            let (before, after) = (try Set.hosts(self.three), try Set.hosts(["10.0.0.2", "10.0.0.3", "10.0.0.4"]))
            try await StrategyRun.with(strategy) { run in
                try await run.wait(for: "three peers") { $0.known == before }
                try await server.change(hosts: ["orders.test": ["10.0.0.2", "10.0.0.3", "10.0.0.4"]])
                try await run.wait(for: "the fourth") { $0.history.contains(before.union(after)) }
                try await run.wait(for: "the end of the first") { $0.known == after }
            }
        }
    }

    @Test func `a server that dies loses nobody, and is told when it is back`() async throws {
        try await Dnsmasq.with(hosts: ["orders.test": self.three]) { server in
            let strategy = try DNSStrategy(name: "orders.test.", configuration: .quick(server.port))
            let peers = try Set.hosts(self.three)
            try await StrategyRun.with(strategy) { run in
                try await run.wait(for: "three peers") { $0.known == peers }
                server.stop()
                try await run.wait(for: "the failure") { $0.conditions.last?.state == .impaired }
                #expect(run.said.value.codes.isSubset(of: ["dns_unreachable", "dns_timeout"]))
                try await server.start()
                try await run.wait(for: "the recovery") { $0.conditions.last?.state == .active }
                #expect(run.said.value.lost.isEmpty)
                #expect(run.said.value.known == peers)
            }
        }
    }

    @Test func `hundreds of peers come over TCP`() async throws {
        let hosts = (0..<600).map { "10.0.\($0 / 200).\($0 % 200 + 1)" }
        try await Dnsmasq.with(hosts: ["orders.test": hosts]) { server in
            let strategy = try DNSStrategy(name: "orders.test.", configuration: .quick(server.port))
            let peers = try Set.hosts(hosts)
            try await StrategyRun.with(strategy) { run in
                try await run.wait(for: "600 peers") { $0.known == peers }
                try await run.wait(forLists: 3)
                #expect(run.said.value.lost.isEmpty)
            }
        }
    }

    @Test func `several names and both families are one list`() async throws {
        let hosts = ["a.test": ["10.0.0.1", "2001:db8::1"], "b.test": ["10.0.0.2"]]
        try await Dnsmasq.with(hosts: hosts) { server in
            var configuration = try DNSConfiguration.quick(server.port)
            configuration.families = .both
            let strategy = try DNSStrategy(names: ["a.test.", "b.test.", "none.test."], configuration: configuration)
            let peers = try Set.hosts(["10.0.0.1", "2001:db8::1", "10.0.0.2"])
            try await StrategyRun.with(strategy) { run in
                try await run.wait(for: "three peers") { $0.known == peers }
                #expect(run.said.value.conditions.last?.state == .active)
            }
        }
    }

    @Test func `a resolv.conf that changes is read again`() async throws {
        try await Dnsmasq.with(hosts: ["orders.one.test": ["10.0.0.1"], "orders.two.test": ["10.0.0.2"]]) { server in
            try await TemporaryDirectory.with { directory in
                var configuration = try DNSConfiguration.quick(server.port)
                configuration.nameServers = []
                configuration.resolverPort = UInt16(server.port)
                configuration.resolverFile = try directory.write(
                    "nameserver 127.0.0.1\nsearch none.test one.test\noptions ndots:2\n",
                    to: "resolv.conf"
                )
                let strategy = try DNSStrategy(name: "orders", configuration: configuration)
                let (one, two) = (try Set.hosts(["10.0.0.1"]), try Set.hosts(["10.0.0.2"]))
                try await StrategyRun.with(strategy) { run in
                    try await run.wait(for: "the peer under the first domain") { $0.known == one }
                    try directory.write("nameserver 127.0.0.1\nsearch two.test\n", to: "resolv.conf")
                    try await run.wait(for: "the peer under the second domain") { $0.known == two }
                }
            }
        }
    }
}

/// Whether something happens for the first time.
private final class Once: Sendable {
    private let count = Observed(0)

    var isFirst: Bool {
        self.count.update { count in
            count += 1
            return count == 1
        }
    }

    func wait() async throws { try await self.count.wait { $0 > 0 } }
}
