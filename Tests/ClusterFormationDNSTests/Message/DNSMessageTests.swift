import Testing

@testable import ClusterFormationDNS

@Suite struct DNSMessageTests {
    private func parse(_ message: MessageBytes) throws -> DNSMessage { try DNSMessage(parsing: message.bytes) }

    @Test func `addresses, services and aliases are read`() throws {
        let message = try self.parse(
            MessageBytes(
                answers: [
                    .ipv4([10, 0, 0, 1], timeToLive: 30), .ipv6(7), .service("Node-1.Example", port: 7_337),
                    .alias("other.test"), MessageBytes.Record(type: 16, data: [1, 65]),
                ],
                additional: [.ipv4([10, 0, 0, 2], owner: "node-1.example")]
            )
        )
        #expect(
            message.answers.map(\.content) == [
                .address("10.0.0.1", .ipv4Address), .address("2001:db8:0:0:0:0:0:7", .ipv6Address),
                .service(ServiceRecord(target: "node-1.example", port: 7_337)), .alias("other.test"), .other,
            ]
        )
        #expect(message.answers.allSatisfy { $0.owner == "peers.test" })
        #expect(message.answers[0].timeToLive == 30)
        #expect(message.additional.map(\.owner) == ["node-1.example"])
        #expect(message.responseCode == 0)
        #expect(!message.isTruncated)
    }

    @Test func `what the server says of itself is read`() throws {
        let message = try self.parse(MessageBytes(responseCode: 3, isTruncated: true))
        #expect(message.responseCode == 3)
        #expect(message.isTruncated)
    }

    @Test func `a time-to-live with its highest bit set is zero`() throws {
        let message = try self.parse(MessageBytes(answers: [.ipv4([10, 0, 0, 1], timeToLive: 0x8000_0001)]))
        #expect(message.answers[0].timeToLive == 0)
    }

    @Test func `every cut of a message is an error, or has all of the answers`() throws {
        let whole = MessageBytes(
            answers: [.ipv4([10, 0, 0, 1]), .service("node.example", port: 1)],
            additional: [.ipv4([10, 0, 0, 2], owner: "node.example")]
        )
        let answers = try self.parse(whole).answers
        for count in 0..<whole.bytes.count {
            guard let message = try? DNSMessage(parsing: Array(whole.bytes.prefix(count))) else { continue }
            #expect(message.answers == answers)
        }
    }

    @Test func `every message with one byte changed is an error or a message, in time`() throws {
        let bytes = MessageBytes(answers: [.ipv4([10, 0, 0, 1]), .alias("a.b.c"), .service("node.example", port: 1)])
            .bytes
        for index in bytes.indices {
            for value: UInt8 in [0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff] {
                var changed = bytes
                changed[index] = value
                _ = try? DNSMessage(parsing: changed)
            }
        }
    }

    @Test func `a name that leads in circles is an error`() {
        var bytes = MessageBytes(answers: [.ipv4([10, 0, 0, 1])]).bytes
        // The question's name points at itself.
        bytes.replaceSubrange(12..<14, with: [0xc0, 12])
        #expect(throws: MalformedMessage.self) { try DNSMessage(parsing: bytes) }
    }

    @Test func `a pointer forward is an error`() {
        var record = MessageBytes.Record.alias("x")
        record.data = [0xc0, 200]
        let bytes = MessageBytes(answers: [record]).bytes + [UInt8](repeating: 0, count: 200)
        #expect(throws: MalformedMessage.self) { try DNSMessage(parsing: bytes) }
    }

    @Test func `a name of more than 255 bytes is an error`() {
        let label = String(repeating: "a", count: 63)
        let long = MessageBytes(name: Array(repeating: label, count: 4).joined(separator: "."))
        #expect(throws: MalformedMessage.self) { try DNSMessage(parsing: long.bytes) }
    }

    @Test func `a message that promises more records than it has is an error`() {
        var bytes = MessageBytes(answers: [.ipv4([10, 0, 0, 1])]).bytes
        bytes.replaceSubrange(6..<8, with: [0xff, 0xff])
        #expect(throws: MalformedMessage.self) { try DNSMessage(parsing: bytes) }
    }

    @Test func `an address of the wrong length is an error`() {
        for (type, count) in [(UInt16(1), 5), (1, 0), (28, 4), (28, 17)] {
            let record = MessageBytes.Record(type: type, data: [UInt8](repeating: 1, count: count))
            #expect(throws: MalformedMessage.self) {
                try DNSMessage(parsing: MessageBytes(answers: [record]).bytes)
            }
        }
    }

    @Test func `a question is no answer`() {
        var bytes = MessageBytes().bytes
        bytes[2] = 0
        #expect(throws: MalformedMessage.self) { try DNSMessage(parsing: bytes) }
    }

    @Test func `bytes that are in no name of a host can't be taken for one`() throws {
        // One label of four bytes, "a.b" and a line feed.
        let strange = MessageBytes.Record(type: 5, data: [4, 0x61, 0x2e, 0x62, 0x0a, 0])
        let message = try self.parse(MessageBytes(answers: [strange]))
        #expect(message.answers[0].content == .alias(#"a\046b\010"#))
    }
}
