/// An answer of a name server, read from its bytes (RFC 1035, section 4).
///
/// Pure, and strict where it matters: whatever the bytes are, the result is a message or an error, within time and memory
/// that are proportional to the bytes.
struct DNSMessage: Hashable, Sendable {
    private static let internet: UInt16 = 1

    /// The server's verdict: 0 no error, 1 format error, 2 server failure, 3 no such name, 4 not implemented, 5 refused.
    var responseCode: UInt8
    /// Whether records are missing because they did not fit.
    var isTruncated: Bool
    var answers: [DNSRecord]
    var additional: [DNSRecord]

    init(responseCode: UInt8, isTruncated: Bool = false, answers: [DNSRecord] = [], additional: [DNSRecord] = []) {
        self.responseCode = responseCode
        self.isTruncated = isTruncated
        self.answers = answers
        self.additional = additional
    }

    init(parsing bytes: [UInt8]) throws(MalformedMessage) {
        var reader = ByteReader(bytes)
        _ = try reader.number16()
        let flags = try reader.number16()
        guard flags & 0x8000 != 0 else { throw MalformedMessage() }
        let questionCount = try reader.number16()
        let answerCount = try reader.number16()
        let authorityCount = try reader.number16()
        let additionalCount = try reader.number16()
        for _ in 0..<questionCount {
            _ = try WireName.read(&reader, in: bytes)
            _ = try reader.number32()
        }
        let answers = try Self.records(answerCount, &reader, in: bytes)
        self.init(responseCode: UInt8(flags & 0xf), isTruncated: flags & 0x0200 != 0, answers: answers)
        // Some servers cut what is not the answer anywhere, and the answer is whole all the same.
        do throws(MalformedMessage) {
            _ = try Self.records(authorityCount, &reader, in: bytes)
            self.additional = try Self.records(additionalCount, &reader, in: bytes)
        } catch {
            self.additional = []
        }
    }

    private static func records(
        _ count: UInt16,
        _ reader: inout ByteReader,
        in bytes: [UInt8]
    ) throws(MalformedMessage) -> [DNSRecord] {
        var records: [DNSRecord] = []
        for _ in 0..<count { records.append(try self.record(&reader, in: bytes)) }
        return records
    }

    private static func record(_ reader: inout ByteReader, in bytes: [UInt8]) throws(MalformedMessage) -> DNSRecord {
        let owner = try WireName.read(&reader, in: bytes)
        let type = try reader.number16()
        let recordClass = try reader.number16()
        let timeToLive = try reader.number32()
        let data = try reader.take(Int(reader.number16()))
        let content = recordClass == self.internet ? try self.content(type, data, in: bytes) : .other
        // With its highest bit set it counts as zero (RFC 2181, section 8).
        return DNSRecord(owner: owner, timeToLive: timeToLive > .max / 2 ? 0 : timeToLive, content: content)
    }

    private static func content(
        _ type: UInt16,
        _ data: Range<Int>,
        in bytes: [UInt8]
    ) throws(MalformedMessage) -> DNSRecord.Content {
        var reader = ByteReader(bytes, data)
        switch (RecordType(rawValue: type), type) {
        case (.ipv4Address, _):
            guard data.count == 4 else { throw MalformedMessage() }
            return .address(bytes[data].map(String.init).joined(separator: "."), .ipv4Address)
        case (.ipv6Address, _):
            guard data.count == 16 else { throw MalformedMessage() }
            var groups: [String] = []
            while !reader.isAtEnd { groups.append(String(try reader.number16(), radix: 16)) }
            return .address(groups.joined(separator: ":"), .ipv6Address)
        case (.service, _):
            _ = try reader.number32()
            let port = try reader.number16()
            return .service(ServiceRecord(target: try self.name(&reader, in: bytes), port: port))
        case (nil, 5):
            return .alias(try self.name(&reader, in: bytes))
        case (nil, _):
            return .other
        }
    }

    /// A name that ends a record's data.
    private static func name(_ reader: inout ByteReader, in bytes: [UInt8]) throws(MalformedMessage) -> String {
        let name = try WireName.read(&reader, in: bytes)
        guard reader.isAtEnd else { throw MalformedMessage() }
        return name
    }
}
