/// One life of a node, from its start to its stop: 128 random bits, written as 32 hexadecimal digits.
///
/// A process that restarts on the same endpoint has a new instance id. That is how a restart is told from a repeated
/// announcement, and how a node knows its own announcements.
public struct InstanceID: Hashable, Comparable, Sendable, CustomStringConvertible, LosslessStringConvertible {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new random id, from the system's generator.
    public static func random() -> InstanceID {
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }

    /// A new random id from a generator of your own, for simulations and tests.
    public static func random(using generator: inout some RandomNumberGenerator) -> InstanceID {
        InstanceID(high: generator.next(), low: generator.next())
    }

    /// Reads an id from its 32 hexadecimal digits.
    public init?(_ description: String) {
        guard let id = InstanceID(hexadecimal: ArraySlice(description.utf8)) else { return nil }
        self = id
    }

    /// Reads an id from its digits; of one type, since a generic function that is called from another module makes an
    /// allocation for each digit.
    package init?(hexadecimal digits: ArraySlice<UInt8>) {
        guard digits.count == 32 else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        for digit in digits {
            let value: UInt64
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt64(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = UInt64(digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
            if count < 16 {
                halves.high = halves.high << 4 | value
            } else {
                halves.low = halves.low << 4 | value
            }
            count += 1
        }
        self.init(high: halves.high, low: halves.low)
    }

    /// The 32 hexadecimal digits, lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            let digits: StaticString = "0123456789abcdef"
            for index in 0..<32 {
                let half = index < 16 ? self.high : self.low
                let nibble = Int((half >> UInt64(60 - (index % 16) * 4)) & 0xf)
                buffer[index] = digits.utf8Start[nibble]
            }
            return 32
        }
    }

    /// The order in which members take turns: that of the 128-bit number.
    public static func < (lhs: InstanceID, rhs: InstanceID) -> Bool {
        (lhs.high, lhs.low) < (rhs.high, rhs.low)
    }
}
