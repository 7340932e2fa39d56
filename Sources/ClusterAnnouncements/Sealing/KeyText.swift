/// The ways to write a key down.
enum KeyText {
    /// The bytes that a text in base64 or hexadecimal stands for, or nil when it is neither.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = self.trimmed(Array(text.utf8))
        // 32 bytes are 64 hexadecimal digits, and 43 or 44 characters of base64: one is never taken for the other.
        if characters.count == 64 { return self.hexadecimal(characters) }
        return Base64URL.decode(ArraySlice(self.unpadded(characters).map(self.urlSafe)))
    }

    private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
        let end = text.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
        return text[..<end].drop(while: isSpace)
    }

    private static func unpadded(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard text.count % 4 == 0 else { return text }
        var text = text
        for _ in 0..<2 where text.last == UInt8(ascii: "=") { text.removeLast() }
        return text
    }

    private static func urlSafe(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: character
        }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}
