/// The ways to write a key down.
enum KeyText {
    /// The bytes that a text in base64 or hexadecimal stands for, or nil when it is neither.
    static func decode(_ text: String) -> [UInt8]? {
        var characters = Array(text.drop(while: \.isWhitespace).utf8)
        while let last = characters.last, Character(Unicode.Scalar(last)).isWhitespace { characters.removeLast() }
        // 32 bytes are 64 hexadecimal digits, and 43 or 44 characters of base64: one is never taken for the other.
        if characters.count == 64 { return self.hexadecimal(characters) }
        // Padding stands at the end of a whole group, and there are two characters of it at most.
        if characters.count % 4 == 0 {
            for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
        }
        return Base64URL.decode(characters.map(self.urlSafe)).map(Array.init)
    }

    private static func urlSafe(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: character
        }
    }

    private static func hexadecimal(_ digits: [UInt8]) -> [UInt8]? {
        let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map(UInt8.init) }
        guard values.count == digits.count else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
