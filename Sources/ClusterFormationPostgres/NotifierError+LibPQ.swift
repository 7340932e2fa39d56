internal import ClusterAnnouncements
internal import LibPQ

extension NotifierError {
    /// What the connection says, sorted for an operator and with a word about what to do.
    init(_ error: LibPQError) {
        let code = Self.code(of: error)
        let advice = Self.advice(for: code, error)
        self.init(code: code, message: advice.map { "\(error.message); \($0)" } ?? error.message)
        // Of what a server says, a fatal word and one about the connection end the session, and those are not of this
        // kind.
        self.keepsSession = error.kind == .server
    }

    /// Turns what a LibPQ call throws into what the protocol promises: a `NotifierError` or a `CancellationError`.
    package static func wrapping(_ error: any Error) -> any Error {
        switch error {
        case let error as LibPQError: NotifierError(error)
        default: error
        }
    }

    private static func code(of error: LibPQError) -> Code {
        if let code = error.sqlState.flatMap(Self.code(ofSQLState:)) { return code }
        return switch error.kind {
        case .invalidConnectionString, .invalidArgument: .misconfigured
        case .hostNotFound, .unreachable, .connectTimedOut: .unreachable
        case .tls: .tlsFailed
        case .authentication: .authenticationFailed
        case .wrongServerRole: .standby
        case .statementTimedOut: .unresponsive
        case .connectionLost: .connectionLost
        case .closed: .closed
        case .server, .other: .other
        }
    }

    private static func code(ofSQLState sqlState: String) -> Code? {
        switch sqlState {
        case "3D000", "57P04": .databaseMissing
        case "42501": .permissionDenied
        case "53300": .tooManyConnections
        case "57P01", "57P02", "57P03": .serverUnavailable
        case "57P05", "25P03": .sessionTimeout
        case "57014", "55P03", "40001", "40P01": .busy
        case "54000": .queueFull
        // All statements are ours; a server that does not understand one is no PostgreSQL.
        case "0A000", "42601", "42883": .listenUnsupported
        case "25006": .standby
        default:
            if sqlState.hasPrefix("28") {
                .authenticationFailed
            } else if sqlState.hasPrefix("53") {
                .serverUnavailable
            } else {
                nil
            }
        }
    }

    private static let queueFullAdvice =
        "a listening session sits in a long transaction and does not take its notifications; the server's log names "
        + "its process, and pg_notification_queue_usage() shows how full the queue is"

    /// The server's notification queue is full, as far as it told by other ways than by its error for it.
    static func queueFull(_ how: String) -> NotifierError {
        NotifierError(
            code: .queueFull,
            message: "the server's notification queue is full: \(how); \(self.queueFullAdvice)"
        )
    }

    private static func advice(for code: Code, _ error: LibPQError) -> String? {
        switch code {
        case .unreachable where error.kind == .hostNotFound: "check the host in the connection string, and DNS"
        case .unreachable: "check host, port and firewall, and that PostgreSQL runs"
        case .authenticationFailed: "check user, password, certificate and the server's pg_hba.conf"
        case .databaseMissing: "check the database in the connection string"
        case .permissionDenied: "the role needs CONNECT on the database and nothing else"
        case .tooManyConnections: "raise max_connections or the role's limit, or close other sessions"
        case .sessionTimeout: "one of the server's or the role's session time limits ended it"
        case .standby: "name the primary in the connection string, or all hosts and target_session_attrs=primary"
        case .tlsFailed:
            "check sslmode, that sslrootcert holds the authority of the server's certificate, and that the certificate "
                + "is of today and of this host"
        case .unresponsive: "the connection is given up; a frozen server or a cut network looks like this"
        case .serverUnavailable: "it is tried again until the server takes sessions"
        case .connectionLost: "a new one is opened; if this goes on, see the server's log"
        case .busy: "another session holds a lock or the server is overloaded; it is tried again"
        case .queueFull: self.queueFullAdvice
        case .listenUnsupported:
            "LISTEN and NOTIFY are not known to this server; name a PostgreSQL in the connection string"
        default: nil
        }
    }
}
