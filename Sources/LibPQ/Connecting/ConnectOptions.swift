/// What is asked of libpq where the user's connection string, service file or environment says nothing.
package struct ConnectOptions: Sendable {
    /// The name in the server's list of sessions.
    package var applicationName: String?

    /// How long one host may take, when `connect_timeout` is not set; then the next host is tried.
    package var hostTimeout: Duration = .seconds(10)

    /// Silence after which TCP asks whether the other side is still there.
    package var keepaliveIdle: Duration = .seconds(10)

    /// Time between two such questions.
    package var keepaliveInterval: Duration = .seconds(5)

    /// How many unanswered questions break the connection.
    package var keepaliveCount: Int = 3

    /// For how long sent data may stay unacknowledged until the connection breaks.
    ///
    /// Linux only.
    package var userTimeout: Duration = .seconds(25)

    package init() {}

    /// Keywords for libpq that rank below the connection string, given what is set already.
    ///
    /// They would rank above the service file and the environment; hence the question.
    func defaults(where effective: [String: String], isSet: (String) -> Bool) -> [(String, String)] {
        var defaults: [(String, String)] = []
        // libpq itself prefers any application_name to this one.
        if let name = self.applicationName { defaults.append(("fallback_application_name", name)) }
        let candidates = [
            ("keepalives_idle", "\(max(1, self.keepaliveIdle.components.seconds))"),
            ("keepalives_interval", "\(max(1, self.keepaliveInterval.components.seconds))"),
            ("keepalives_count", "\(self.keepaliveCount)"),
            ("tcp_user_timeout", "\(max(1, Int(self.userTimeout / .milliseconds(1))))"),
        ]
        for (keyword, value) in candidates where effective[keyword] == nil { defaults.append((keyword, value)) }

        // With several hosts the one that takes writes is meant, unless something else was said. With one host there
        // is no choice, and the server's own word on why it refuses to listen is clearer.
        let hosts = effective["hostaddr"] ?? effective["host"] ?? ""
        if ConnectionString.list(hosts).count > 1, !isSet("target_session_attrs") {
            defaults.append(("target_session_attrs", "read-write"))
        }
        return defaults
    }
}
