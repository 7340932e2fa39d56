/// The database, and the life of its server: the same for all of their sessions, and for those of no other server.
///
/// It changes with a restart, which ends all sessions anyway.
package enum ServerPlace {
    /// What it is made of, asked for in binary.
    ///
    /// Plain calls: an operator or a cast in a session's first statement costs the server more than all that the calls do,
    /// since each has to be looked up in its catalogues.
    package static let columns = "pg_catalog.current_database(), pg_catalog.pg_postmaster_start_time()"

    /// The place as messages are bound to it; nil unless the server told both.
    package static func text(database: String?, startedAt: String?) -> String? {
        guard let database, let startedAt else { return nil }
        return "\(database)@\(startedAt)"
    }
}
