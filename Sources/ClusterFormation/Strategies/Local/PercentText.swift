/// Text in which each byte that is no lower-case letter, digit, hyphen or underscore is written as `%` and two digits.
///
/// The same on file systems that do not tell capitals from small letters, since there are none in it but in the digits'
/// own alphabet, which has no capitals either.
enum PercentText {
    static func escape(_ text: String) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if self.isPlain(byte) {
                escaped.append(byte)
            } else {
                let digits = Array(String(byte, radix: 16).utf8)
                escaped += [UInt8(ascii: "%")] + (digits.count == 1 ? [UInt8(ascii: "0")] : []) + digits
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// Nil when it is not such a text.
    static func unescape(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if self.isPlain(byte) {
                bytes.append(byte)
            } else {
                let digits = rest.prefix(2)
                guard byte == UInt8(ascii: "%"), digits.count == 2, digits.allSatisfy(self.isDigit),
                    let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x61...0x66).contains(byte) || (0x30...0x39).contains(byte)
    }
}
