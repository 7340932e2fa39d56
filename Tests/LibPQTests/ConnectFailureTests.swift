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
        ("connection to server at \"x\", port 1 failed: session is read-only", .wrongServerRole),
        ("... failed: FATAL:  57P03: starting up\n... failed: session is read-only", .wrongServerRole),
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
}
