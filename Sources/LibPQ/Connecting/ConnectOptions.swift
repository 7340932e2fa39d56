internal import Threads

/// What is asked of libpq where the user's connection string, service file or environment says nothing.
package struct ConnectOptions: Sendable {
    /// The name in the server's list of sessions.
    package var applicationName: String?

    /// How long one address, or the lookup of one name, may take when `connect_timeout` is not set.
    ///
    /// Then the next one is tried.
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

    /// What remembers, from one attempt to the next, where it has been without success.
    package var memory: ConnectMemory?

    /// The only place to connect to, whatever the string says; for a second session on the same server.
    package var place: HostAddress?

    /// The session's encoding.
    ///
    /// A session in another one can be killed by a sender of a byte that does not fit; this one can't.
    package var clientEncoding = "SQL_ASCII"

    /// Looks a host's name up; it may block.
    var lookUp: @Sendable (String) -> Result<[String], LibPQError> = HostResolver.addresses

    /// Runs a step that may block on a thread for that; false when the system gives none.
    var runStep: @Sendable (@escaping @Sendable () -> Void) -> Bool = { HelperThreads.shared.run($0) }

    package init() {}

    /// Keywords for libpq that rank below the connection string, given what is set already.
    ///
    /// They would rank above the service file and the environment; hence the question.
    func defaults(where effective: [String: String]) -> [(String, String)] {
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
        return defaults
    }
}
