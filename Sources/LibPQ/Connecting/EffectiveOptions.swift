#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What the connection string, the service file, the environment and libpq's defaults say together.
struct EffectiveOptions: Sendable {
    /// Each option that has a value; but the password is not among them.
    let values: [String: String]
    /// What is wanted of the server; nil if nobody said anything.
    let role: ServerRole?
    let hosts: HostList

    /// Reads the service file, and so may block.
    ///
    /// - Throws: ``LibPQError`` when the environment or the service file makes no sense.
    init(_ string: ConnectionString) throws(LibPQError) {
        let values = Self.values(string)
        try self.init(values, namesRole: Self.namesRole(string, values))
    }

    /// From values that are put together already.
    init(_ values: [String: String], namesRole: Bool) throws(LibPQError) {
        self.values = values
        self.hosts = try HostList(values)
        if namesRole, let word = values["target_session_attrs"] {
            guard let role = ServerRole(rawValue: word) else {
                throw LibPQError(.invalidConnectionString, "target_session_attrs is not one that libpq knows")
            }
            self.role = role
        } else {
            self.role = nil
        }
    }

    /// `connect_timeout`, if the user set it; zero for "no limit".
    var connectTimeout: Duration? { ConnectionString.connectTimeout(in: self.values) }

    /// Whether the hosts, and the addresses of each, are to be tried in random order; libpq knows it from version 16 on.
    var isShuffled: Bool { self.values["load_balance_hosts"] == "random" }

    /// There is no call that puts them together.
    ///
    /// But a connect with an impossible sslmode ends after that work and before any other. With a password it does not
    /// look into the password file, nor warn about it.
    private static func values(_ string: ConnectionString) -> [String: String] {
        let keywords = [("dbname", string.text), ("sslmode", "no-such-mode"), ("password", "none")]
        guard let handle = Handle(starting: keywords) else { return [:] }
        defer { handle.finish() }
        var values = handle.effectiveOptions
        values["password"] = nil
        // What is asked of libpq later says it again, and right.
        values["sslmode"] = nil
        return values
    }

    /// `any` is what libpq says when nobody has said anything, too.
    private static func namesRole(_ string: ConnectionString, _ values: [String: String]) -> Bool {
        if string.options["target_session_attrs"] != nil || getenv("PGTARGETSESSIONATTRS") != nil { return true }
        if values["target_session_attrs"] != ServerRole.any.rawValue { return true }
        guard let service = string.options["service"] ?? Environment.value(of: "PGSERVICE") else { return false }
        return ServiceFile.settings(of: service)?.keys.contains("target_session_attrs") ?? false
    }
}
