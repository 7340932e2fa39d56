/// Why a leadership is over; each a short, stable word for logs and metrics.
enum LeadershipEnd: String, Hashable, Sendable {
    /// The child has returned.
    case returned
    /// The child has thrown.
    case failed
    /// This node stops.
    case shutdown
    /// The connection broke, or the server ended the session.
    case sessionLost = "session_lost"
    /// The server has not answered for a lease.
    case unproven
    /// The session lives and holds the lock no more.
    case lockLost = "lock_lost"
}
