/// Reads what libpq says when a connect fails.
///
/// At verbosity VERBOSE a server's refusal reads `FATAL:  28P01: password ...` with a `LOCATION:` line after it, the
/// first word in the server's language. libpq's own complaints have no codes; they are made in plain words (see
/// ``PlainWords``), and told apart by those outside the quotation marks, since the others are names.
enum ConnectFailure {
    static func error(from text: String, secrets: [String] = [], names: [String] = []) -> LibPQError {
        var sqlState: String?
        var lines: [String] = []
        // `isNewline` takes the \r\n of some servers' texts, too.
        for line in text.split(whereSeparator: \.isNewline) {
            // A tab begins a hint, such as "Is the server running on that host ...?". "invalid socket" is an echo of the
            // complaint before it.
            guard !line.hasPrefix("\t"), !line.hasPrefix("LOCATION:"), line != "invalid socket" else { continue }
            let (code, message) = Self.takeSQLState(from: String(line))
            // A refused attempt to do without TLS is as telling as one with it; the last is where libpq ended.
            if let code { sqlState = code }
            if !lines.contains(message) { lines.append(message) }
        }
        let message = lines.isEmpty ? "the connection broke" : lines.joined(separator: "; ")
        return LibPQError(
            sqlState == nil ? Self.kind(of: Self.withoutNames(message)) : .server,
            sqlState: sqlState,
            Redaction.clean(message, secrets: secrets, names: names)
        )
    }

    /// Splits `... failed: FATAL:  28P01: password ...` into the code and the text without the noise.
    ///
    /// Two blanks, five code characters, a colon: no severity in any language, and no complaint of libpq's, looks so.
    private static func takeSQLState(from line: String) -> (code: String?, message: String) {
        let scalars = Array(line.unicodeScalars)
        var isQuoted = false
        for index in scalars.indices.dropLast(7) {
            if scalars[index] == "\"" { isQuoted.toggle() }
            guard !isQuoted, scalars[index] == " ", scalars[index + 1] == " ", scalars[index + 7] == ":",
                scalars[(index + 2)..<(index + 7)].allSatisfy(Self.isCodeCharacter)
            else { continue }
            let code = Self.text(scalars[(index + 2)..<(index + 7)])
            let message = Self.text(scalars[(index + 8)...].drop { $0 == " " })
            return (code, Self.text(Self.withoutSeverity(scalars[..<index])) + message)
        }
        return (nil, line)
    }

    /// `connection to ... failed: SEVERITY:` without its last word or words.
    private static func withoutSeverity(_ scalars: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        let severity = scalars.last == ":" ? scalars.dropLast() : scalars
        guard let colon = severity.lastIndex(of: ":") else { return [] }
        return severity[...colon] + [" "]
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private static func isCodeCharacter(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// A host may be called `certificate`, and a database `timed out`.
    private static func withoutNames(_ message: String) -> String {
        let parts = message.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in index % 2 == 1 ? "" : String(part) }.joined(separator: "\"\"")
    }

    private static func kind(of message: String) -> LibPQError.Kind {
        for (kind, phrases) in Self.phrases where phrases.contains(where: { message.contains($0) }) { return kind }
        return .other
    }

    /// In the order of how much they say; the first that fits is taken.
    private static let phrases: [(LibPQError.Kind, [String])] = [
        (
            // The end, or a reset, in the middle of TLS: every restart behind a proxy looks so. With "SYSCALL" OpenSSL
            // passes on what the system says of the socket; without it, its own judgement of the other side.
            .connectionLost,
            [
                "SSL SYSCALL error", "unexpected eof", "SSL connection has been closed", "server closed the connection",
                "could not receive data", "could not send",
            ]
        ),
        (
            .tls,
            [
                "SSL error", "certificate", "SSL connection", "does not support SSL", "private key",
                "could not initialize SSL", "SSL negotiation", "could not create SSL", "GSSAPI encryption",
            ]
        ),
        (
            .authentication,
            [
                "no password supplied", "channel binding", "SCRAM", "authentication method", "authentication request",
                "GSSAPI", "Kerberos", "SSPI", "AuthenticationSASL", "SASL",
            ]
        ),
        (
            .invalidConnectionString,
            [
                "definition of service", "service file", "invalid port number", "invalid sslmode", "invalid channel_",
                "invalid target_session_attrs", "invalid gssencmode", "invalid integer value", "could not match",
                "invalid connection option", "invalid sslcertmode", "invalid require_auth", "invalid SSL protocol",
                "could not parse network address", "missing \"", "unterminated quoted string",
            ]
        ),
        (.hostNotFound, ["could not translate host name", "could not look up"]),
        (.connectTimedOut, ["timed out", "timeout expired"]),
        (
            .unreachable,
            [
                "Connection refused", "No route to host", "is unreachable", "No such file or directory",
                "Permission denied", "Connection reset", "Host is down", "too long", "Operation not permitted",
                "Not a directory",
            ]
        ),
    ]
}
