#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What libpq is to be called with: the user's string, our defaults below it, and what must be as we say above it.
struct ConnectPlan: Sendable {
    let keywords: [(String, String)]
    let hosts: HostList
    /// `connect_timeout`, if the user set it; zero for "no limit".
    let hostTimeout: Duration?

    /// Reads the service file, and so may block; `hosts` are those that are left to try, or nil for all.
    init(_ string: ConnectionString, options: ConnectOptions, hosts: HostList?) {
        let effective = Self.effectiveOptions(string)
        let all = HostList(effective)
        let defaults = options.defaults(where: effective) { keyword in
            switch keyword {
            case "target_session_attrs":
                string.options[keyword] != nil || getenv("PGTARGETSESSIONATTRS") != nil || effective[keyword] != "any"
            default:
                effective[keyword] != nil
            }
        }
        // libpq goes through the list from left to right; a later keyword wins, and all win over the environment.
        var keywords = defaults + [("dbname", string.text)]
        if let hosts { keywords += hosts.keywords }
        // A session in another encoding can be killed by whoever sends it a byte that does not fit; this one can't.
        keywords.append(("client_encoding", "SQL_ASCII"))
        self.keywords = keywords
        self.hosts = hosts ?? all
        self.hostTimeout = ConnectionString.connectTimeout(in: effective)
    }

    /// String, service file, environment and libpq's defaults together, as libpq itself puts them together.
    ///
    /// There is no call for that. But a connect with an impossible sslmode ends after that work and before any other.
    private static func effectiveOptions(_ string: ConnectionString) -> [String: String] {
        guard let handle = Handle(starting: [("dbname", string.text), ("sslmode", "no-such-mode")]) else { return [:] }
        defer { handle.finish() }
        return handle.effectiveOptions
    }
}
