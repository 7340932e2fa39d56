internal import ClusterFormation

/// A name as the user gives it: checked, in lower case.
struct DomainName: Hashable, Sendable, CustomStringConvertible {
    /// What a name may have without its final dot (RFC 1035).
    static let longest = 253

    /// Without a final dot.
    let text: String
    /// Whether it had a final dot, and so stands for itself alone.
    let isAbsolute: Bool

    init(_ text: String) throws {
        guard text.utf8.count <= Self.longest + 1 else {
            throw Self.invalid("The name has \(text.utf8.count) bytes; a DNS name has \(Self.longest) at most.")
        }
        self.isAbsolute = text.utf8.last == UInt8(ascii: ".")
        let name = self.isAbsolute ? String(text.dropLast()) : text
        guard Self.isName(name) else {
            throw Self.invalid(
                "\(Self.quoted(text)) is not a DNS name; its parts have 1 to 63 letters, digits, hyphens or underscores."
            )
        }
        self.text = name.lowercased()
    }

    /// Parts that make one name; a part may have dots of its own.
    init(_ parts: [String], isAbsolute: Bool = false) throws {
        try self.init(parts.joined(separator: ".") + (isAbsolute ? "." : ""))
    }

    /// One part of a name, which has no dots.
    static func label(_ text: String) throws -> String {
        guard self.isName(text), !text.utf8.contains(UInt8(ascii: ".")) else {
            throw self.invalid(
                "\(self.quoted(text)) is not one part of a DNS name; give 1 to 63 letters, digits, hyphens or underscores."
            )
        }
        return text
    }

    var description: String { self.isAbsolute ? self.text + "." : self.text }

    var dots: Int { self.text.utf8.count { $0 == UInt8(ascii: ".") } }

    /// Whether it is a name that can be asked for, without a final dot.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= self.longest else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.allSatisfy(self.isNameByte)
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A piece of input for an error message: short, and without anything that a terminal or a log would act on.
    static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(64).map { scalar -> String in
            (0x20..<0x7f).contains(scalar.value) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
        return "'" + shown.joined() + (text.unicodeScalars.count > 64 ? "...'" : "'")
    }

    static func invalid(_ message: String) -> ClusterError {
        ClusterError(code: .invalidConfiguration, message: message)
    }
}
