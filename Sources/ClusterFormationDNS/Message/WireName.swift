/// Reads names as they stand in a message: labels, and pointers back to labels (RFC 1035, section 4.1.4).
enum WireName {
    /// What a whole name may take, with the length of each label and of the empty one at its end.
    private static let longest = 255

    /// The name at the reader's position, lower case and without a final dot.
    ///
    /// A byte that is in no host's name is written as `\ddd`, so that no such name is ever equal to one.
    static func read(_ reader: inout ByteReader, in message: [UInt8]) throws(MalformedMessage) -> String {
        var text: [UInt8] = []
        var length = 1
        // Where the reader goes on; nil until the name goes on elsewhere.
        var walker = reader
        var hasJumped = false
        var lowest = reader.position
        while true {
            let count = Int(try walker.byte())
            switch count >> 6 {
            case 0 where count == 0:
                if !hasJumped { reader = walker }
                return String(decoding: text, as: UTF8.self)
            case 0:
                length += count + 1
                guard length <= self.longest else { throw MalformedMessage() }
                if !text.isEmpty { text.append(UInt8(ascii: ".")) }
                for index in try walker.take(count) { self.append(message[index], to: &text) }
            case 3:
                let target = try (count & 0x3f) << 8 | Int(walker.byte())
                if !hasJumped { reader = walker }
                hasJumped = true
                // Each pointer leads further back than the one before: so there is no circle.
                guard target < lowest else { throw MalformedMessage() }
                lowest = target
                walker = ByteReader(message, from: target)
            default:
                throw MalformedMessage()
            }
        }
    }

    private static func append(_ byte: UInt8, to text: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): text.append(byte | 0x20)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            text.append(byte)
        default:
            text.append(UInt8(ascii: "\\"))
            for divisor: UInt8 in [100, 10, 1] { text.append(UInt8(ascii: "0") + byte / divisor % 10) }
        }
    }
}
