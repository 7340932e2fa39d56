import ClusterFormation
import Testing

@testable import ClusterFormationDNS

/// What one round of look-ups makes of the servers' answers.
@Suite struct LookupsTests {
    /// An answer that can be compared.
    private enum Seen: Equatable {
        case whole(Set<String>)
        case partial(Set<String>, String?)
        case failed(String)

        init(_ answer: Lookup.Answer) {
            func endpoints(_ nodes: [Node]) -> Set<String> { Set(nodes.map(\.endpoint.description)) }
            switch answer {
            case .whole(let nodes): self = .whole(endpoints(nodes))
            case .partial(let nodes, let error): self = .partial(endpoints(nodes), error?.code)
            case .failed(let error): self = .failed(error.code)
            }
        }
    }

    private func lookUp(
        _ sources: [any DNSSource],
        _ servers: ScriptedNameServers,
        families: DNSAddressFamilies = .ofLocalNode,
        localHost: String = "10.0.0.9"
    ) async throws -> (answers: [String: Seen], timeToLive: Duration?) {
        let lookups = DNSLookups(sources: sources, servers: servers, families: families, timeout: .seconds(5))
        let lookup = try await lookups.lookUp(for: Node(host: localHost, port: 7_337))
        return (lookup.answers.mapValues(Seen.init), lookup.timeToLive)
    }

    private func addresses(_ name: String, port: Int? = nil) throws -> AddressSource {
        AddressSource(try DomainName(name), port: port)
    }

    private func service(_ name: String, keepsNames: Bool = false) throws -> ServiceSource {
        ServiceSource(try DomainName(name), keepsNames: keepsNames)
    }

    // MARK: - Addresses

    @Test func `each name and each family is a source of its own`() async throws {
        let servers = ScriptedNameServers { question in
            switch (question.name, question.type) {
            case ("one.test", .ipv4Address): .addresses(question, ["10.0.0.1", "10.0.0.2"], seconds: 9)
            case ("one.test", .ipv6Address): throw DNSFailure(.serverFailure, question)
            case ("two.test", .ipv6Address): .addresses(question, ["2001:db8:0:0:0:0:0:1"], seconds: 20)
            default: .noName
            }
        }
        let sources = try [self.addresses("one.test."), self.addresses("two.test.", port: 80)]
        let (answers, timeToLive) = try await self.lookUp(sources, servers, families: .both)
        #expect(
            answers == [
                "A one.test.": .whole(["10.0.0.1:7337", "10.0.0.2:7337"]), "AAAA one.test.": .failed("dns_servfail"),
                "A two.test.": .whole([]), "AAAA two.test.": .whole(["[2001:db8::1]:80"]),
            ]
        )
        #expect(timeToLive == .seconds(9))
    }

    @Test func `the local node's own family is asked for, and both where it has a name`() async throws {
        for (host, types) in [
            ("10.0.0.9", [RecordType.ipv4Address]), ("2001:db8::9", [.ipv6Address]),
            ("pod-0.orders.svc", [.ipv4Address, .ipv6Address]),
        ] {
            let servers = ScriptedNameServers { _ in .noData }
            _ = try await self.lookUp([self.addresses("one.test.")], servers, localHost: host)
            #expect(Set(servers.asked.map(\.type)) == Set(types))
            #expect(servers.asked.count == types.count)
        }
    }

    @Test func `an absolute name does not need the search list, and another fails without it`() async throws {
        let servers = ScriptedNameServers(list: .failure(DNSFailure(.noResources))) { question in
            .addresses(question, ["10.0.0.1"])
        }
        let sources = try [self.addresses("one.test."), self.addresses("two.test")]
        let (answers, _) = try await self.lookUp(sources, servers)
        #expect(answers == ["A one.test.": .whole(["10.0.0.1:7337"]), "A two.test": .failed("dns_no_resources")])
    }

    @Test func `the candidate that worked costs one question from then on`() async throws {
        let list = SearchList(domains: ["shop.svc.local", "svc.local"], leastDots: 5)
        let servers = ScriptedNameServers(list: .success(list)) { question in
            question.name == "orders.svc.local" ? .addresses(question, ["10.0.0.1"]) : .noName
        }
        let source = try self.addresses("orders")
        for _ in 0..<3 { _ = try await self.lookUp([source], servers) }
        #expect(servers.asked.map(\.name) == ["orders.shop.svc.local"] + Array(repeating: "orders.svc.local", count: 3))
    }

    @Test func `addresses that are nobody's are left out, and alone they are a bad answer`() async throws {
        let servers = ScriptedNameServers { question in
            .addresses(question, question.name == "one.test" ? ["0.0.0.0", "10.0.0.1"] : ["0.0.0.0"])
        }
        let sources = try [self.addresses("one.test."), self.addresses("two.test.")]
        let (answers, _) = try await self.lookUp(sources, servers)
        #expect(answers == ["A one.test.": .whole(["10.0.0.1:7337"]), "A two.test.": .failed("dns_bad_answer")])
    }

    @Test func `a list that is cut removes nobody`() async throws {
        let servers = ScriptedNameServers { question in
            var message = DNSMessage.addresses(question, ["10.0.0.1"])
            message.isTruncated = true
            return message
        }
        let (answers, _) = try await self.lookUp([self.addresses("one.test.")], servers)
        #expect(answers == ["A one.test.": .partial(["10.0.0.1:7337"], "dns_truncated")])
    }

    // MARK: - Services

    private static let services: [(target: String, port: UInt16)] = [("a.test", 7_001), ("b.test", 7_002), ("", 0)]

    @Test func `what was sent along is not asked for again`() async throws {
        let servers = ScriptedNameServers { question in
            switch (question.name, question.type) {
            case ("_mesh._tcp.test", .service):
                .services(
                    question,
                    Self.services,
                    additional: [
                        .address("10.0.0.1", of: "a.test", .ipv4Address),
                        .address("2001:db8:0:0:0:0:0:2", of: "b.test", .ipv6Address),
                    ]
                )
            case ("b.test", .ipv4Address): .addresses(question, ["10.0.0.2"], seconds: 12)
            default: .noName
            }
        }
        let (answers, timeToLive) = try await self.lookUp([self.service("_mesh._tcp.test.")], servers)
        #expect(answers == ["SRV _mesh._tcp.test.": .whole(["10.0.0.1:7001", "10.0.0.2:7002"])])
        #expect(timeToLive == .seconds(12))
        #expect(servers.asked.count == 2)
    }

    @Test func `a target that has one family only is found in that`() async throws {
        let servers = ScriptedNameServers { question in
            switch (question.name, question.type) {
            case (_, .service): .services(question, Self.services)
            case ("a.test", .ipv4Address): .addresses(question, ["10.0.0.1"])
            case ("a.test", .ipv6Address): .addresses(question, ["2001:db8:0:0:0:0:0:1"])
            case ("b.test", .ipv6Address): .addresses(question, ["2001:db8:0:0:0:0:0:2"])
            default: .noData
            }
        }
        let (answers, _) = try await self.lookUp([self.service("_mesh._tcp.test.")], servers, families: .both)
        // A peer with two addresses is one peer.
        #expect(answers == ["SRV _mesh._tcp.test.": .whole(["10.0.0.1:7001", "[2001:db8::2]:7002"])])
    }

    @Test func `a target that can't be resolved makes a part of a list`() async throws {
        let servers = ScriptedNameServers { question in
            switch (question.name, question.type) {
            case (_, .service): .services(question, Self.services)
            case ("a.test", _): .addresses(question, ["10.0.0.1"])
            default: throw DNSFailure(.timeout, question)
            }
        }
        let (answers, _) = try await self.lookUp([self.service("_mesh._tcp.test.")], servers)
        #expect(answers == ["SRV _mesh._tcp.test.": .partial(["10.0.0.1:7001"], "dns_timeout")])
    }

    @Test func `a target that is gone is no failure, and all of them failing is one`() async throws {
        let gone = ScriptedNameServers { question in
            switch (question.name, question.type) {
            case (_, .service): .services(question, Self.services)
            case ("a.test", _): .addresses(question, ["10.0.0.1"])
            default: .noName
            }
        }
        let service = try self.service("_mesh._tcp.test.")
        #expect(try await self.lookUp([service], gone).answers == ["SRV _mesh._tcp.test.": .whole(["10.0.0.1:7001"])])
        let failing = ScriptedNameServers { question in
            guard question.type == .service else { throw DNSFailure(.refused, question) }
            return .services(question, Self.services)
        }
        #expect(try await self.lookUp([service], failing).answers == ["SRV _mesh._tcp.test.": .failed("dns_refused")])
    }

    @Test func `the targets' names can be kept`() async throws {
        let servers = ScriptedNameServers { .services($0, Self.services) }
        let (answers, _) = try await self.lookUp([self.service("_mesh._tcp.test.", keepsNames: true)], servers)
        #expect(answers == ["SRV _mesh._tcp.test.": .whole(["a.test:7001", "b.test:7002"])])
        #expect(servers.asked.count == 1)
    }

    @Test func `hundreds of targets are resolved, a few at a time`() async throws {
        let servers = ScriptedNameServers { question in
            guard question.type == .service else {
                let number = Int(question.name.dropFirst().dropLast(5)) ?? 0
                return .addresses(question, ["10.0.\(number / 250).\(number % 250 + 1)"])
            }
            return .services(question, (0..<600).map { ("n\($0).test", 7_337) })
        }
        let (answers, _) = try await self.lookUp([self.service("_mesh._tcp.test.")], servers)
        guard case .whole(let endpoints)? = answers.values.first else {
            Issue.record("not whole")
            return
        }
        #expect(endpoints.count == 600)
    }
}
