internal import CLibPQ

/// Where and as whom to connect, in any form that libpq takes; it never shows what is in it.
///
/// A URI, `key=value` pairs, several hosts, a service name, or an empty string, which leaves everything to the
/// environment (PGHOST, PGSERVICE, PGPASSFILE and so on).
package struct ConnectionString: Sendable {
    let text: String
    /// What the string itself says, without the environment, the service file and libpq's defaults.
    let options: [String: String]

    /// Checks a string by libpq's own rules; nothing is looked up or opened.
    /// - Throws: ``LibPQError`` that says what is wrong without a word of the string.
    package init(_ given: String) throws(LibPQError) {
        let text = Self.trimmed(given)
        // Nothing at all means the environment; blanks are what is left of a variable that was not set.
        guard !text.isEmpty || given.isEmpty else { throw Self.invalid("there is nothing but blanks in it") }
        guard !text.utf8.contains(0) else { throw Self.invalid("it has a NUL byte in it") }
        guard !Self.isAmbiguousURI(text) else {
            throw Self.invalid("an @ or a / in the user, the password or the database is to be written %40 or %2F")
        }
        var complaint: UnsafeMutablePointer<CChar>?
        guard let parsed = PlainWords.using({ PQconninfoParse(text, &complaint) }) else {
            let quoted = complaint.map { String(cString: $0) } ?? ""
            PQfreemem(complaint)
            throw Self.invalid(Self.harmlessReason(for: quoted))
        }
        defer { PQconninfoFree(parsed) }
        self.text = text
        self.options = Self.dictionary(parsed)
        try Self.check(self.options)
    }

    /// Whether it names several servers, by itself or by the environment; what a service file says is not known yet.
    package var namesSeveralServers: Bool {
        ["host": "PGHOST", "hostaddr": "PGHOSTADDR"].contains { keyword, variable in
            (self.options[keyword] ?? Environment.value(of: variable))?.contains(",") ?? false
        }
    }

    /// Without the blanks around it, such as the newline at the end of a file with a secret.
    ///
    /// libpq passes over them in pairs, where one that is escaped belongs to a value; in a URI it would take them for a
    /// part of it.
    private static func trimmed(_ text: String) -> String {
        let trimmed = text.trimmed
        return trimmed.isEmpty || Self.schemes.contains(where: trimmed.hasPrefix) ? trimmed : text
    }

    private static let schemes = ["postgresql://", "postgres://"]

    static func dictionary(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var dictionary: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { dictionary[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return dictionary
    }

    /// The values that no message may show.
    static func secrets(in options: [String: String]) -> [String] {
        ["password", "sslpassword"].compactMap { options[$0] }
    }

    /// The names that a message may show whatever they look like, such as Azure's `user@server`.
    static func names(in options: [String: String]) -> [String] {
        ["user", "dbname"].compactMap { options[$0] }
    }

    private static func invalid(_ reason: String) -> LibPQError {
        LibPQError(.invalidConnectionString, "the connection string can't be used: \(reason)")
    }

    /// Whether an unescaped `@` or `/` would make libpq take a piece of the password for the host, and tell it to the
    /// resolver and to the reader of the error.
    private static func isAmbiguousURI(_ text: String) -> Bool {
        guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else { return false }
        let beforeQuery = text.dropFirst(scheme.count).prefix { $0 != "?" }
        let path = beforeQuery.drop { $0 != "/" }
        return path.contains("@") || beforeQuery.count { $0 == "@" } > 1
    }

    /// libpq quotes the word that it stumbled over, which may be a piece of a password.
    ///
    /// So only the kind is told.
    private static func harmlessReason(for complaint: String) -> String {
        let reasons = [
            ("missing \"=\"", "a word without \"=\" after it; a value with blanks needs single quotes"),
            ("unterminated quoted string", "a quotation mark is not closed"),
            ("invalid connection option", "there is an option that libpq does not know"),
            ("invalid URI query parameter", "there is a URI parameter that libpq does not know"),
            ("percent-encoded", "a percent sign in the URI is not followed by two hexadecimal digits"),
            ("forbidden value %00", "there is a %00 in the URI"),
            ("matching \"]\"", "an IPv6 address in the URI lacks its closing bracket"),
            ("IPv6 host address may not be empty", "there is an empty IPv6 address in the URI"),
            ("key/value separator", "a URI parameter is not of the form key=value"),
        ]
        for (phrase, reason) in reasons where complaint.contains(phrase) { return reason }
        return "libpq can't parse it"
    }

    /// What libpq checks only when it connects, and would quote.
    private static func check(_ options: [String: String]) throws(LibPQError) {
        _ = try HostList(options)
        if let port = options["port"] {
            guard Self.list(port).allSatisfy({ $0.isEmpty || (Int($0).map { (1...65535).contains($0) } ?? false) })
            else {
                throw Self.invalid("a port is not a number from 1 to 65535")
            }
        }
        if let mode = options["sslmode"] {
            guard ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"].contains(mode) else {
                throw Self.invalid("sslmode is not one that libpq knows")
            }
        }
        if let attributes = options["target_session_attrs"] {
            guard ServerRole(rawValue: attributes) != nil else {
                throw Self.invalid("target_session_attrs is not one that libpq knows")
            }
        }
        for option in ["connect_timeout", "keepalives_idle", "tcp_user_timeout"] {
            guard let value = options[option], !value.isEmpty else { continue }
            guard Int32(value) != nil else { throw Self.invalid("\(option) is not a number") }
        }
    }

    /// An item for each port, empty ones included.
    private static func list(_ value: String) -> [String] {
        value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<connection string>" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension ConnectionString {
    /// As libpq itself has it: no limit from zero down, and never less than two seconds.
    static func connectTimeout(in options: [String: String]) -> Duration? {
        options["connect_timeout"].flatMap(Int32.init).map { $0 <= 0 ? .zero : .seconds(max(2, $0)) }
    }
}
