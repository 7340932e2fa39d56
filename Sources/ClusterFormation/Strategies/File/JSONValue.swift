/// A value of a JSON text, with the line in which it begins: Foundation's readers do not tell of a value where it stood.
struct JSONValue: Sendable {
    enum Kind: Sendable {
        case object([String: JSONValue])
        case array([JSONValue])
        case string(String)
        /// A number, true, false or null: nothing here asks which.
        case other
    }

    var kind: Kind
    var line: Int
}

/// Reads JSON (RFC 8259), strictly, and to a bounded depth.
struct JSONReader {
    /// Deeper than any list of peers goes, and not deep enough to use up a stack.
    private static let maximumDepth = 16

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    /// The one value of a text.
    static func read(_ bytes: [UInt8]) throws(PeerFileError) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        try reader.skipSpace()
        guard reader.next == nil else { throw reader.error("there is more behind the end of the list") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    private func error(_ message: String) -> PeerFileError { PeerFileError(line: self.line, message: message) }

    private mutating func skipSpace() throws(PeerFileError) {
        while let byte = self.next, byte == 0x20 || (0x09...0x0d).contains(byte) {
            guard byte != 0x0b, byte != 0x0c else { throw self.error("there is a control character in it") }
            if byte == 0x0a { self.line += 1 }
            self.position += 1
        }
    }

    /// Takes a byte if it is the next one behind space.
    private mutating func take(_ character: Unicode.Scalar) throws(PeerFileError) -> Bool {
        try self.skipSpace()
        guard self.next == UInt8(ascii: character) else { return false }
        self.position += 1
        return true
    }

    private mutating func value(depth: Int) throws(PeerFileError) -> JSONValue {
        guard depth < Self.maximumDepth else { throw self.error("the JSON is nested too deeply") }
        try self.skipSpace()
        let line = self.line
        switch self.next {
        case UInt8(ascii: "{"): return JSONValue(kind: .object(try self.object(depth: depth)), line: line)
        case UInt8(ascii: "["): return JSONValue(kind: .array(try self.array(depth: depth)), line: line)
        case UInt8(ascii: "\""): return JSONValue(kind: .string(try self.string()), line: line)
        case nil: throw self.error("the JSON ends too early")
        default:
            try self.skipWord()
            return JSONValue(kind: .other, line: line)
        }
    }

    private mutating func object(depth: Int) throws(PeerFileError) -> [String: JSONValue] {
        _ = try self.take("{")
        var fields: [String: JSONValue] = [:]
        if try self.take("}") { return fields }
        repeat {
            try self.skipSpace()
            guard self.next == UInt8(ascii: "\"") else { throw self.error("a field's name in quotes is missing") }
            let name = try self.string()
            guard try self.take(":") else { throw self.error("a colon is missing behind \(HostName.quoted(name))") }
            guard fields[name] == nil else { throw self.error("the field \(HostName.quoted(name)) is there twice") }
            fields[name] = try self.value(depth: depth + 1)
        } while try self.take(",")
        guard try self.take("}") else { throw self.error("a comma or the end of an object is missing") }
        return fields
    }

    private mutating func array(depth: Int) throws(PeerFileError) -> [JSONValue] {
        _ = try self.take("[")
        var values: [JSONValue] = []
        if try self.take("]") { return values }
        repeat { values.append(try self.value(depth: depth + 1)) } while try self.take(",")
        guard try self.take("]") else { throw self.error("a comma or the end of a list is missing") }
        return values
    }

    /// Passes over a number, true, false or null.
    private mutating func skipWord() throws(PeerFileError) {
        let start = self.position
        while let byte = self.next, Self.isWordByte(byte) { self.position += 1 }
        let word = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        let isKnown = ["true", "false", "null"].contains(word)
        let isDecimal = word.utf8.allSatisfy { $0 != UInt8(ascii: "x") } && word.utf8.first != UInt8(ascii: "+")
        let isNumber = isDecimal && Double(word)?.isFinite == true
        guard !word.isEmpty, isKnown || isNumber else { throw self.error("that is no JSON") }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || [0x2b, 0x2d, 0x2e, 0x45].contains(byte)
    }

    private mutating func string() throws(PeerFileError) -> String {
        self.position += 1
        var text: [UInt8] = []
        while let byte = self.next {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw self.error("a text is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += Array(String(try self.escaped()).utf8)
            case 0..<0x20: throw self.error("a text does not end on its line")
            default: text.append(byte)
            }
        }
        throw self.error("a text does not end")
    }

    private mutating func escaped() throws(PeerFileError) -> Unicode.Scalar {
        guard let byte = self.next else { throw self.error("a text does not end") }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try self.unicodeEscape()
        default: throw self.error("a text has an unknown escape in it")
        }
    }

    private mutating func unicodeEscape() throws(PeerFileError) -> Unicode.Scalar {
        let unit = try self.unit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        // Half of a character beyond the first 65,536; the other half follows.
        let isPair = (0xd800...0xdbff).contains(unit) && self.bytes[self.position...].starts(with: Array("\\u".utf8))
        guard isPair else { throw self.error("a text has half a character in it") }
        self.position += 2
        let low = try self.unit()
        guard (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
        else { throw self.error("a text has half a character in it") }
        return scalar
    }

    private mutating func unit() throws(PeerFileError) -> UInt32 {
        let digits = self.bytes[self.position...].prefix(4)
        let text = String(decoding: digits, as: UTF8.self)
        guard digits.count == 4, text.utf8.allSatisfy({ $0 != 0x2b && $0 != 0x2d }), let unit = UInt32(text, radix: 16)
        else { throw self.error("a text has an unknown escape in it") }
        self.position += 4
        return unit
    }
}
