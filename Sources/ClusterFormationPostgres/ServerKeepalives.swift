/// How soon the server, too, notices that nobody is there any more; for what is still as systems have it.
///
/// Something else has been set by somebody, for the role, the database, the server or its machine. The view pg_settings
/// would say by whom, but takes longer than all the rest of a session's start.
struct ServerKeepalives: Equatable, Sendable {
    /// What a session has, in the order of `columns`; nil for what the server does not know.
    let current: [String?]

    /// Asks for what a session has.
    ///
    /// Without TCP all are 0.
    static let columns = settings.map { "pg_catalog.current_setting('\($0.name)', true)" }.joined(separator: ", ")

    /// What to set.
    var changes: [(name: String, value: String)] {
        zip(Self.settings, self.current).compactMap { setting, current in
            guard let current, setting.systems.contains(current) else { return nil }
            return (setting.name, setting.value)
        }
    }

    /// The values of systems are those of Linux, of macOS and Windows where they are others, and of PostgreSQL itself.
    private static let settings: [(name: String, value: String, systems: Set<String>)] = [
        ("tcp_keepalives_idle", "10", ["7200"]),
        ("tcp_keepalives_interval", "5", ["75"]),
        ("tcp_keepalives_count", "3", ["9", "8"]),
        ("tcp_user_timeout", "25000", ["0"]),
    ]
}
