internal import Foundation

/// A certificate authority for one test, made with the openssl command, in a directory that goes with it.
package struct TestAuthority: Sendable {
    package struct Certificate: Sendable {
        /// The path of the certificate.
        package var certificate: String
        /// The path of its key.
        package var key: String
    }

    private let directory: String

    /// The path of the authority's own certificate.
    package var certificate: String { "\(self.directory)/ca.crt" }

    /// Runs a body with a new authority, and removes its files afterwards.
    package static func withAuthority<Result>(_ body: (TestAuthority) async throws -> Result) async throws -> Result {
        let name = "cf-ca-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let authority = TestAuthority(directory: FileManager.default.temporaryDirectory.path + "/" + name)
        try FileManager.default.createDirectory(atPath: authority.directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: authority.directory) }
        try await ChildProcess.runChecked(
            ["openssl", "req", "-x509", "-days", "2", "-subj", "/CN=test authority", "-out", authority.certificate]
                + Self.newKey(at: "\(authority.directory)/ca.key"),
            doing: "making a certificate authority"
        )
        return try await body(authority)
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - name: The common name and, for a server, the DNS name.
    ///   - days: For how long it is valid; negative for one that has expired.
    /// - Returns: Where its files are.
    /// - Throws: ``TemporaryPostgresError`` with openssl's words.
    package func issue(name: String, days: Int = 1) async throws -> Certificate {
        let path = "\(self.directory)/\(name)-\(days)"
        try await ChildProcess.runChecked(
            ["openssl", "req", "-new", "-subj", "/CN=\(name)", "-out", "\(path).csr"] + Self.newKey(at: "\(path).key"),
            doing: "asking for a certificate"
        )
        try "subjectAltName=DNS:\(name)\n".write(toFile: "\(path).ext", atomically: true, encoding: .utf8)
        try await ChildProcess.runChecked(
            [
                "openssl", "x509", "-req", "-in", "\(path).csr", "-CA", self.certificate,
                "-CAkey", "\(self.directory)/ca.key", "-CAcreateserial", "-days", "\(days)",
                "-extfile", "\(path).ext", "-out", "\(path).crt",
            ],
            doing: "issuing a certificate"
        )
        // libpq refuses a client's key that others can read.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: "\(path).key")
        return Certificate(certificate: "\(path).crt", key: "\(path).key")
    }

    private static func newKey(at path: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path]
    }
}
