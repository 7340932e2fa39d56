/// Reads big-endian numbers from bytes, and never past their end.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.init(bytes, start..<max(start, bytes.count))
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.position = range.lowerBound
        self.end = min(range.upperBound, bytes.count)
    }

    var isAtEnd: Bool { self.position >= self.end }

    mutating func byte() throws(MalformedMessage) -> UInt8 {
        guard self.position < self.end else { throw MalformedMessage() }
        defer { self.position += 1 }
        return self.bytes[self.position]
    }

    mutating func number16() throws(MalformedMessage) -> UInt16 {
        let high = try self.byte()
        return try UInt16(high) << 8 | UInt16(self.byte())
    }

    mutating func number32() throws(MalformedMessage) -> UInt32 {
        let high = try self.number16()
        return try UInt32(high) << 16 | UInt32(self.number16())
    }

    mutating func take(_ count: Int) throws(MalformedMessage) -> Range<Int> {
        guard count <= self.end - self.position else { throw MalformedMessage() }
        defer { self.position += count }
        return self.position..<(self.position + count)
    }
}

/// The bytes are no DNS message.
struct MalformedMessage: Error, Hashable, Sendable {}
