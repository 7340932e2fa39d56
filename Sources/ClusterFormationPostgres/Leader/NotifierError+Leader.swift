internal import ClusterAnnouncements

extension NotifierError {
    /// The same as for notifications, with what it means for a lock.
    static let leaderBehindPooler = NotifierError(
        code: .pooler,
        message: """
            a pooler in transaction or statement mode is between this node and PostgreSQL, and a lock held through it \
            is another client's a moment later; connect to PostgreSQL directly, or through a pooler in session mode
            """
    )

    /// What keeps a node from leading, in the words for it.
    init(leading error: any Error) {
        guard let error = error as? NotifierError else {
            self.init(code: .other, message: "the connection failed: \(String(describing: error).prefix(200))")
            return
        }
        self = error
        switch error.code {
        case .pooler:
            self = Self.leaderBehindPooler
        case .permissionDenied:
            self.message =
                "\(error.message); to lead, it also needs EXECUTE on pg_try_advisory_lock(int8), "
                + "pg_advisory_unlock(int8) and pg_logical_emit_message(boolean, text, text), which every role has "
                + "unless it was taken away"
        case .listenUnsupported:
            self.message =
                "the server is no PostgreSQL, or lacks a part of it, and its locks are not to be relied on; name a "
                + "PostgreSQL in the connection string (\(error.message))"
        default:
            break
        }
    }

    /// What this node has against its own session.
    init(_ fault: LeaderMachine.Fault, leaseTime: Duration) {
        switch fault {
        case .unproven:
            self.init(
                code: .unresponsive,
                message: "The server has not answered within \(leaseTime), so nobody can say who leads; a frozen "
                    + "server or a cut network looks like this. Opening a new session."
            )
        case .lockLost:
            self.init(
                code: .other,
                message: "The session lives but holds its lock no more: something on the way to the server has run "
                    + "pg_advisory_unlock_all() or DISCARD ALL on it. Opening a new session."
            )
        }
    }
}
