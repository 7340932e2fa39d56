/// Takes out of libpq's texts what may be a piece of somebody's password.
enum Redaction {
    static let replacement = "<redacted>"

    /// One line, trimmed, without the given secrets, and without quoted words that look like a piece of a URI.
    ///
    /// An unescaped `@` or `/` in a password makes libpq take the password's tail for the host or the port, and quote
    /// it. No host, user or database that is worth naming has an `@` in it.
    static func clean(_ text: String, secrets: [String] = []) -> String {
        var line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        // The longest first: one secret can be a part of another.
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) where !secret.isEmpty {
            line = line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.replacement)
        }
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        // Every second part stands between quotation marks.
        line = parts.enumerated().map { index, part in
            index % 2 == 1 && part.contains("@") ? Substring(Self.replacement) : part
        }.joined(separator: "\"")
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(line.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

extension Redaction {
    /// A host's name, if it looks like one.
    static func host(_ name: String) -> String {
        name.contains("@") ? Self.replacement : name
    }
}
