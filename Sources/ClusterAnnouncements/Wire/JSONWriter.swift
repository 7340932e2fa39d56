internal import ClusterFormation

/// Writes compact JSON in ASCII: what is not ASCII is escaped, as surrogate pairs beyond the basic plane.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    /// Whether the next member or element needs a comma before it.
    private var needsComma = false

    // MARK: Structure

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        self.enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    mutating func array(_ body: (inout JSONWriter) -> Void) {
        self.enclose(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    /// The name of a member; its value is to follow.
    mutating func name(_ field: WireField) {
        self.string(field.rawValue)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
    }

    private mutating func enclose(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
        self.separate()
        self.bytes.append(open)
        self.needsComma = false
        body(&self)
        self.bytes.append(close)
        self.needsComma = true
    }

    private mutating func separate() {
        if self.needsComma { self.bytes.append(UInt8(ascii: ",")) }
        self.needsComma = true
    }

    // MARK: Values

    mutating func string(_ value: String) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        for unit in value.utf16 {
            switch unit {
            case 0x22, 0x5c:
                self.bytes.append(UInt8(ascii: "\\"))
                self.bytes.append(UInt8(unit))
            case 0x20...0x7e:
                self.bytes.append(UInt8(unit))
            default:
                self.bytes.append(contentsOf: "\\u".utf8)
                for shift in [12, 8, 4, 0] {
                    self.bytes.append(Self.hexadecimalDigits[Int(unit >> UInt16(shift)) & 0xf])
                }
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    mutating func integer(_ value: UInt64) {
        self.separate()
        self.bytes.append(contentsOf: String(value).utf8)
    }

    mutating func boolean(_ value: Bool) {
        self.separate()
        self.bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}

extension JSONWriter {
    /// Whole milliseconds, cut down to what a reader accepts.
    mutating func milliseconds(_ duration: Duration, within range: ClosedRange<Duration>) {
        let clamped = min(max(duration, range.lowerBound), range.upperBound)
        let (seconds, attoseconds) = clamped.components
        self.integer(UInt64(seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }

    mutating func moment(_ moment: Moment) {
        self.integer(min(UInt64(clamping: moment.microseconds), WireFormat.largestInteger))
    }

    mutating func instance(_ instance: InstanceID) {
        self.string(instance.description)
    }

    mutating func endpoint(_ endpoint: Endpoint) {
        self.name(.host)
        self.string(endpoint.host)
        self.name(.port)
        self.integer(UInt64(clamping: endpoint.port))
    }

    /// The pairs in the order of their keys, so that equal messages are equal payloads; nothing when there are none.
    mutating func metadata(_ metadata: [String: String]) {
        guard !metadata.isEmpty else { return }
        self.name(.metadata)
        self.object { writer in
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                writer.member(key, value)
            }
        }
    }

    private mutating func member(_ key: String, _ value: String) {
        self.string(key)
        self.bytes.append(UInt8(ascii: ":"))
        self.needsComma = false
        self.string(value)
    }
}
