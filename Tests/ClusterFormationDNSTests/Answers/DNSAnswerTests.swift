import Testing

@testable import ClusterFormationDNS

@Suite struct DNSAnswerTests {
    private let question = Question(name: "peers.test", type: .ipv4Address)

    private func address(_ address: String, of owner: String = "peers.test", seconds: UInt32 = 60) -> DNSRecord {
        DNSRecord(owner: owner, timeToLive: seconds, content: .address(address, .ipv4Address))
    }

    private func alias(_ owner: String, _ target: String, seconds: UInt32 = 60) -> DNSRecord {
        DNSRecord(owner: owner, timeToLive: seconds, content: .alias(target))
    }

    private func answer(_ records: [DNSRecord], code: UInt8 = 0, isTruncated: Bool = false) -> DNSAnswer<String> {
        .addresses(
            self.question,
            from: DNSMessage(responseCode: code, isTruncated: isTruncated, answers: records)
        )
    }

    @Test func `records of the name are the answer, each once`() {
        let records = [self.address("10.0.0.1"), self.address("10.0.0.2", seconds: 7), self.address("10.0.0.1")]
        #expect(self.answer(records) == .whole(["10.0.0.1", "10.0.0.2"], timeToLive: .seconds(7)))
    }

    @Test func `records of another name or another type are not`() {
        let foreign = DNSRecord(
            owner: "peers.test",
            timeToLive: 1,
            content: .address("2001:db8:0:0:0:0:0:1", .ipv6Address)
        )
        #expect(self.answer([self.address("10.6.6.6", of: "evil.test"), foreign]) == .empty(.noData))
    }

    @Test func `aliases are followed, in whatever order they come`() {
        let records = [
            self.address("10.0.0.1", of: "c.test", seconds: 50), self.alias("b.test", "c.test", seconds: 9),
            self.alias("peers.test", "b.test", seconds: 20),
        ]
        #expect(self.answer(records) == .whole(["10.0.0.1"], timeToLive: .seconds(9)))
    }

    @Test func `aliases that lead in a circle, or nowhere, are an empty answer`() {
        #expect(
            self.answer([self.alias("peers.test", "b.test"), self.alias("b.test", "peers.test")]) == .empty(.noData)
        )
        #expect(self.answer([self.alias("peers.test", "b.test")]) == .empty(.noData))
    }

    @Test func `no such name, no data and failures are three things`() {
        #expect(self.answer([], code: 3) == .empty(.noName))
        #expect(self.answer([]) == .empty(.noData))
        #expect(self.answer([], code: 2) == .failed(DNSFailure(.serverFailure, self.question)))
        #expect(self.answer([], code: 5) == .failed(DNSFailure(.refused, self.question)))
        #expect(self.answer([], code: 1) == .failed(DNSFailure(.notUnderstood, self.question)))
        #expect(self.answer([], code: 4) == .failed(DNSFailure(.notUnderstood, self.question)))
        #expect(self.answer([], code: 11) == .failed(DNSFailure(.serverFailure, self.question)))
    }

    @Test func `an error with addresses is an error all the same`() {
        #expect(self.answer([self.address("10.0.0.1")], code: 2) == .failed(DNSFailure(.serverFailure, self.question)))
        #expect(self.answer([self.address("10.0.0.1")], code: 3) == .empty(.noName))
    }

    @Test func `a list that is cut is a part of one`() {
        let failure = DNSFailure(.truncated, self.question)
        #expect(self.answer([self.address("10.0.0.1")], isTruncated: true) == .partial(["10.0.0.1"], failure))
        #expect(self.answer([], isTruncated: true) == .failed(failure))
    }

    @Test func `a target of a dot is no service`() {
        let question = Question(name: "_mesh._tcp.test", type: .service)
        func answer(_ targets: [String]) -> DNSAnswer<ServiceRecord> {
            let records = targets.map { target in
                let content = DNSRecord.Content.service(ServiceRecord(target: target, port: 7))
                return DNSRecord(owner: question.name, timeToLive: 5, content: content)
            }
            return .services(question, from: DNSMessage(responseCode: 0, answers: records))
        }
        #expect(answer([""]) == .empty(.noData))
        #expect(answer(["", "a.test"]) == .whole([ServiceRecord(target: "a.test", port: 7)], timeToLive: .seconds(5)))
    }
}
