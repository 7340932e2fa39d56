internal import Foundation

extension TemporaryPostgres {
    /// A connection string for libpq, as a URI.
    ///
    /// - Parameters:
    ///   - role: The role; the superuser unless told otherwise.
    ///   - database: The database; `postgres` unless told otherwise.
    ///   - password: The role's password, if it needs one.
    ///   - host: A name to give in place of 127.0.0.1, such as one that a certificate carries; for TCP alone.
    ///   - transport: The socket, unless told otherwise.
    ///   - parameters: More of libpq's parameters, such as `sslmode`.
    /// - Returns: The URI.
    public func connectionString(
        role: String? = nil,
        database: String = "postgres",
        password: String? = nil,
        host: String? = nil,
        via transport: Transport = .socket,
        parameters: [String: String] = [:]
    ) -> String {
        var parameters = parameters
        var address = ""
        switch transport.wrapped {
        case .socket:
            parameters["host"] = self.socketDirectory
            parameters["port"] = "\(self.port)"
        case .tcp:
            precondition(
                self.tcpPort != nil,
                "The server has no TCP port: set the configuration's tcpPort, to 0 for any"
            )
            address = "\(host ?? "127.0.0.1"):\(self.port)"
        }
        return self.connectionString(
            role: role,
            database: database,
            password: password,
            address: address,
            parameters: parameters
        )
    }

    func connectionString(
        role: String?,
        database: String,
        password: String?,
        address: String,
        parameters: [String: String] = [:]
    ) -> String {
        var user = Self.escape(role ?? self.configuration.superuser)
        if let password { user += ":" + Self.escape(password) }
        let query = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.escape($0.value))" }
        let tail = query.isEmpty ? "" : "?" + query.joined(separator: "&")
        return "postgresql://\(user)@\(address)/\(Self.escape(database))\(tail)"
    }

    /// Runs SQL through psql and returns what it prints: one line a row, columns separated by `|`.
    ///
    /// Several statements in one call are one transaction.
    /// - Throws: ``TemporaryPostgresError`` with psql's words. A cancelled task ends psql.
    @discardableResult
    public func execute(_ sql: String, role: String? = nil, database: String = "postgres") async throws -> String {
        try await self.execute(sql, address: self.connectionString(role: role, database: database))
    }

    /// Runs statements through one psql, one transaction after the other, and returns what it prints.
    @discardableResult
    func execute(_ statements: [String], role: String? = nil, database: String = "postgres") async throws -> String {
        try await self.execute(statements, address: self.connectionString(role: role, database: database))
    }

    /// Runs SQL through psql and a proxy's port, as ``execute(_:role:database:)`` does directly.
    package func execute(_ sql: String, throughPort port: Int) async throws -> String {
        try await self.execute(sql, address: self.connectionString(throughPort: port))
    }

    /// Runs SQL through psql at an address of one's own making.
    package func execute(_ sql: String, address: String) async throws -> String {
        try await self.execute([sql], address: address)
    }

    private func execute(_ statements: [String], address: String) async throws -> String {
        let output = try await ChildProcess.runChecked(
            [
                self.programs.path(of: "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", address,
            ] + statements.flatMap { ["-c", $0] },
            doing: "psql"
        )
        return output.trimmingCharacters(in: .newlines)
    }

    private static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.intersection(Self.ascii)) ?? text
    }

    private static let ascii = CharacterSet(charactersIn: Unicode.Scalar(0)...Unicode.Scalar(127))
}
