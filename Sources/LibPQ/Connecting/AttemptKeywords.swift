/// What libpq is called with for one place: the user's string with that place in it, our defaults below it, and what
/// must be as we say above it.
struct AttemptKeywords: Sendable {
    let keywords: [(String, String)]

    init(
        _ string: ConnectionString,
        at place: HostAddress,
        options: ConnectOptions,
        effective: EffectiveOptions,
        readsPasswordFile: Bool = true
    ) {
        var own = string.options
        // An empty value in a string overrides the service file and the environment, where a keyword of its own would
        // count as absent.
        own["host"] = place.host
        own["hostaddr"] = place.address
        own["port"] = place.port
        own["target_session_attrs"] = ServerRole.any.rawValue
        own["client_encoding"] = options.clientEncoding
        if !readsPasswordFile { own["passfile"] = PasswordFile.none }
        // libpq goes through the list from left to right; a later keyword wins, and all win over the environment.
        self.keywords = options.defaults(where: effective.values) + [("dbname", Self.text(of: own))]
    }

    /// A string of libpq's first form.
    static func text(of options: [String: String]) -> String {
        options.sorted { $0.key < $1.key }.map { keyword, value in
            let escaped = value.unicodeScalars.reduce(into: "") { text, scalar in
                if scalar == "'" || scalar == "\\" { text.unicodeScalars.append("\\") }
                text.unicodeScalars.append(scalar)
            }
            return "\(keyword)='\(escaped)'"
        }.joined(separator: " ")
    }
}
