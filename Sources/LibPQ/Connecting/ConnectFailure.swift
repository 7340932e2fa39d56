/// Reads what libpq says when a connect fails.
///
/// libpq has no error codes of its own. At verbosity VERBOSE a server's refusal reads `FATAL:  28P01: password ...`
/// with a `LOCATION:` line after it; libpq's own complaints are plain English. One text can hold the failures of
/// several hosts, a line each.
enum ConnectFailure {
    static func error(from text: String, secrets: [String] = []) -> LibPQError {
        var sqlState: String?
        var lines: [String] = []
        // `isNewline` takes the \r\n of some servers' texts, too.
        for line in text.split(whereSeparator: \.isNewline) {
            // A tab begins a hint, such as "Is the server running on that host ...?". "invalid socket" is an echo of the
            // complaint before it.
            guard !line.hasPrefix("\t"), !line.hasPrefix("LOCATION:"), line != "invalid socket" else { continue }
            let (code, message) = Self.takeSQLState(from: String(line))
            // The first host's refusal is as telling as the last's; the last one is where the search ended.
            if let code { sqlState = code }
            if !lines.contains(message) { lines.append(message) }
        }
        let message = lines.isEmpty ? "the connection broke" : lines.joined(separator: "; ")
        return LibPQError(
            Self.kind(of: message, sqlState: sqlState),
            sqlState: sqlState,
            Redaction.clean(message, secrets: secrets)
        )
    }

    /// Splits `... failed: FATAL:  28P01: password ...` into the code and the text without the noise.
    private static func takeSQLState(from line: String) -> (code: String?, message: String) {
        for severity in ["FATAL:  ", "PANIC:  ", "ERROR:  "] {
            guard let found = line.firstRange(of: severity) else { continue }
            let rest = line[found.upperBound...]
            let code = rest.prefix(5)
            guard code.utf8.count == 5, code.utf8.allSatisfy(Self.isCodeCharacter), rest.dropFirst(5).hasPrefix(": ")
            else { return (nil, String(line[..<found.lowerBound] + rest)) }
            return (String(code), String(line[..<found.lowerBound] + rest.dropFirst(7)))
        }
        return (nil, line)
    }

    private static func isCodeCharacter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func kind(of message: String, sqlState: String?) -> LibPQError.Kind {
        for (kind, phrases) in Self.phrases where phrases.contains(where: { message.contains($0) }) {
            // A refusal by one host does not hide that another is in the wrong role, and the other way round: the role
            // is what an operator has to hear of. Everything else yields to the server's own word.
            if sqlState == nil || kind == .wrongServerRole { return kind }
        }
        return sqlState == nil ? .other : .server
    }

    /// In the order of how much they say; the first that fits is taken.
    private static let phrases: [(LibPQError.Kind, [String])] = [
        (
            .wrongServerRole,
            [
                "session is read-only", "session is not read-only", "server is in hot standby mode",
                "server is not in hot standby mode",
            ]
        ),
        (
            .tls,
            [
                "SSL error", "certificate", "SSL connection", "does not support SSL", "SSL SYSCALL", "private key",
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
                "could not parse network address", "missing \"=\"", "unterminated quoted string",
            ]
        ),
        (.hostNotFound, ["could not translate host name", "could not look up"]),
        (.connectTimedOut, ["timed out", "timeout expired"]),
        (
            .unreachable,
            [
                "Connection refused", "No route to host", "is unreachable", "No such file or directory",
                "Permission denied", "Connection reset", "Host is down", "too long", "Operation not permitted",
            ]
        ),
        (.connectionLost, ["server closed the connection", "could not receive data", "could not send"]),
    ]
}
