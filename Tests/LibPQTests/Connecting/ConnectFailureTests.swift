import Testing

@testable import LibPQ

struct ConnectFailureTests {
    @Test func `A refusal's SQLSTATE is taken out of libpq's text`() {
        let error = ConnectFailure.error(
            from: """
                connection to server at "10.0.0.1", port 5432 failed: FATAL:  28P01: password authentication failed for user "app"
                LOCATION:  auth_failed, auth.c:330

                """
        )
        #expect(error.kind == .server)
        #expect(error.sqlState == "28P01")
        #expect(
            error.message
                == "connection to server at \"10.0.0.1\", port 5432 failed: password authentication failed for user \"app\""
        )
    }

    @Test(arguments: [
        ("could not translate host name \"x\" to address: Name or service not known", LibPQError.Kind.hostNotFound),
        ("connection to server at \"x\", port 1 failed: Connection refused\n\tIs the server running?", .unreachable),
        ("connection to server at \"x\", port 1 failed: Connection timed out", .connectTimedOut),
        ("connection to server at \"x\", port 1 failed: fe_sendauth: no password supplied", .authentication),
        ("connection to server at \"x\", port 1 failed: SSL error: certificate verify failed", .tls),
        ("... failed: server certificate for \"a\" does not match host name \"b\"", .tls),
        ("... failed: server does not support SSL, but SSL was required", .tls),
        ("connection to server at \"certificate.x\", port 1 failed: Connection refused", .unreachable),
        ("connection to server at \"SSL error\", port 1 failed: Connection timed out", .connectTimedOut),
        ("connection to server at \"x\", port 1 failed: SSL SYSCALL error: EOF detected", .connectionLost),
        ("... failed: SSL SYSCALL error: Connection reset by peer", .connectionLost),
        ("... failed: SSL error: unexpected eof while reading", .connectionLost),
        ("... failed: SSL connection has been closed unexpectedly", .connectionLost),
        ("... failed: SSL error: tlsv13 alert certificate required", .tls),
        ("definition of service \"x\" not found", .invalidConnectionString),
        ("... failed: server closed the connection unexpectedly\n\tThis probably means", .connectionLost),
        ("something new", .other), ("", .other),
    ])
    func `libpq's own complaints are sorted`(_ text: String, _ kind: LibPQError.Kind) {
        let error = ConnectFailure.error(from: text)
        #expect(error.kind == kind)
        #expect(!error.message.isEmpty)
        #expect(!error.message.contains { $0.isNewline || $0 == "\t" })
    }

    @Test func `A password is taken out wherever it stands`() {
        let error = ConnectFailure.error(
            from: "could not translate host name \"pa@ss\" to address: hunter2 hunter2\n",
            secrets: ["hunter2", ""]
        )
        #expect(error.message == "could not translate host name \"<redacted>\" to address: <redacted> <redacted>")
    }

    @Test(arguments: [
        ("FATAL:  28P01: x", "x"), ("failed: FATAL:  28P01: x", "failed: x"),
        ("failed: 致命的エラー:  28P01: x", "failed: x"), ("failed: FATALE:  28P01: x", "failed: x"),
        ("failed: ÖLÜMCÜL (FATAL):  28P01: x", "failed: x"), ("KATASTROFALNY:  28P01:  x", "x"),
        ("at \"a  00000: b\" failed: PANIK:  28P01: x", "at \"a  00000: b\" failed: x"),
    ])
    func `The SQLSTATE is found whatever the language of the severity`(_ text: String, _ message: String) {
        let error = ConnectFailure.error(from: text)
        #expect(error.kind == .server)
        #expect(error.sqlState == "28P01")
        #expect(error.message == message)
    }

    @Test(arguments: ["a  28p01: x", "a 28P01: x", "a  28P01 x", "  28P01", "a  2ÄP01: x", "\"  28P01: \""])
    func `What only resembles an SQLSTATE is none`(_ text: String) {
        #expect(ConnectFailure.error(from: text).sqlState == nil)
    }

    @Test func `A user's name with an @ in it can be read, and nothing else with one`() {
        let text = "FATAL:  28P01: no entry for user \"app@server\", database \"hunter2@h\""
        let error = ConnectFailure.error(from: text, secrets: ["hunter2"], names: ["app@server"])
        #expect(error.message == "no entry for user \"app@server\", database \"<redacted>\"")
    }
}
