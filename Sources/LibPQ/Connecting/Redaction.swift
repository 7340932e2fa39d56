/// Takes out of libpq's texts what may be a piece of somebody's password.
enum Redaction {
    static let replacement = "<redacted>"

    /// One line, trimmed, without the given secrets, and without quoted words that look like a piece of a URI.
    ///
    /// An unescaped `@` or `/` in a password makes libpq take the password's tail for the host or the port, and quote
    /// it. So a word with an `@` in it is shown only if it is one of the names that are known to be none.
    static func clean(_ text: String, secrets: [String] = [], names: [String] = []) -> String {
        var line = Self.oneLine(text)
        // The longest first: one secret can be a part of another.
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) where !secret.isEmpty {
            line = line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.replacement)
        }
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        // Every second part stands between quotation marks.
        line = parts.enumerated().map { index, part in
            index % 2 == 1 && part.contains("@") && !names.contains(String(part)) ? Substring(Self.replacement) : part
        }.joined(separator: "\"")
        return line.trimmed
    }

    /// One line, trimmed: for what a server says once the login is through, and with it every piece of the string in
    /// its right place.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ").trimmed
    }
}

extension Redaction {
    /// A host's name, if it looks like one.
    static func host(_ name: String) -> String {
        // One at the beginning makes it an abstract socket.
        name.dropFirst().contains("@") ? Self.replacement : name
    }
}
