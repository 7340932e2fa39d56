#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Base64 with the alphabet that is safe in URLs and without padding (RFC 4648, section 5).
enum Base64URL {
    static func encodedCount(of count: Int) -> Int {
        (count * 4 + 2) / 3
    }

    /// How many bytes a text of so many characters can hold.
    static func decodedCount(of count: Int) -> Int {
        count * 3 / 4
    }

    static func encode(_ bytes: Data) -> [UInt8] {
        bytes.base64EncodedData().compactMap { character in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: character
            }
        }
    }

    /// The bytes, or nil when the text is not what ``encode(_:)`` writes, since one box has one text.
    static func decode(_ text: some Collection<UInt8>) -> Data? {
        var padded = text.map { character in
            switch character {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: character
            }
        }
        padded += Array(repeating: UInt8(ascii: "="), count: (4 - padded.count % 4) % 4)
        guard let bytes = Data(base64Encoded: Data(padded)), self.encode(bytes).elementsEqual(text) else { return nil }
        return bytes
    }
}
