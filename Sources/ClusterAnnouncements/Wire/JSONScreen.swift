/// Lets through to Foundation's reader of JSON only what the wire format allows and that reader does not look at.
///
/// A text is in ASCII, nests to a bounded depth, so that the reader's recursion is, and has no comma at the end of a list.
enum JSONScreen {
    /// The text with its exponents cut to two digits.
    ///
    /// A number that no Double can hold fails the reader, also where it belongs to a field that is to be ignored; and a
    /// number with an exponent is of no field of this version, whatever its value.
    static func pass(_ text: [UInt8]) throws(Rejection) -> [UInt8] {
        var passed: [UInt8] = []
        passed.reserveCapacity(text.count)
        var depth = 0
        var isInString = false
        var isEscaped = false
        var exponentDigits: Int?
        // The last byte that is no white space.
        var last: UInt8 = 0
        for byte in text {
            if isInString {
                guard (0x20...0x7e).contains(byte) else { throw Rejection(.malformed) }
                if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                passed.append(byte)
                last = byte
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth < WireFormat.maximumDepth else { throw Rejection(.malformed) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard last != UInt8(ascii: ",") else { throw Rejection(.malformed) }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                exponentDigits = nil
                passed.append(byte)
                continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if let digits = exponentDigits {
                    exponentDigits = digits + 1
                    if digits >= 2 { continue }
                }
            case 0x21...0x7e:
                break
            default:
                throw Rejection(.malformed)
            }
            if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                exponentDigits = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last) ? 0 : nil
            } else if exponentDigits != nil, !"+-0123456789".utf8.contains(byte) {
                exponentDigits = nil
            }
            passed.append(byte)
            last = byte
        }
        return passed
    }
}
