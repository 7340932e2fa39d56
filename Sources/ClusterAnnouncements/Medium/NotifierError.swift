/// Why a session could not be opened, was lost, or could not do what was asked.
public struct NotifierError: Error, Sendable, CustomStringConvertible {
    /// The kinds of error; each is a short, stable word for alerts and metrics.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The word, in snake case.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// No answer at the address, or no such host.
        public static let unreachable = Code("unreachable")
        /// The server does not accept the user, the password or the certificate, or pg_hba.conf has no entry.
        public static let authenticationFailed = Code("authentication_failed")
        /// The database does not exist.
        public static let databaseMissing = Code("database_missing")
        /// The role may not do what is needed.
        public static let permissionDenied = Code("permission_denied")
        /// The server has no connection left.
        public static let tooManyConnections = Code("too_many_connections")
        /// The server is starting, stopping, or was told to end the session.
        public static let serverUnavailable = Code("server_unavailable")
        /// The server is a hot standby, where LISTEN and NOTIFY do not exist.
        public static let standby = Code("standby")
        /// A pooler in transaction or statement mode stands between; notifications do not arrive through it.
        public static let pooler = Code("pooler")
        /// A pooler in session mode has no connection left for the one that proves that notifications pass it.
        public static let poolExhausted = Code("pool_exhausted")
        /// The server is none that knows LISTEN and NOTIFY, though it speaks PostgreSQL's protocol.
        public static let listenUnsupported = Code("listen_unsupported")
        /// The table that the nodes write themselves into does not exist, and may not be created.
        public static let tableMissing = Code("table_missing")
        /// The table is there and is not the one that is needed: other columns, or no primary key.
        public static let tableMismatched = Code("table_mismatched")
        /// The medium's queue is full, because some listener does not take its notifications; the session is still good.
        public static let queueFull = Code("queue_full")
        /// TLS could not be agreed on, or the server's certificate is not the right one.
        public static let tlsFailed = Code("tls_failed")
        /// The server, or the way to it, does not answer any more though the connection seems to be up.
        public static let unresponsive = Code("unresponsive")
        /// The server answers and takes what is sent, and delivers nothing.
        public static let undelivered = Code("undelivered")
        /// All other machines have fallen silent together, though this one hears itself.
        public static let isolated = Code("isolated")
        /// Every message of the others was made too long ago, or too far ahead, by this machine's clock.
        public static let clockSkew = Code("clock_skew")
        /// The connection broke.
        public static let connectionLost = Code("connection_lost")
        /// The server ended the session because of one of its time limits.
        public static let sessionTimeout = Code("session_timeout")
        /// The server did not do it in time, because of a lock or its own limits; the session is still good.
        public static let busy = Code("busy")
        /// The payload is longer than the medium carries.
        public static let payloadTooLarge = Code("payload_too_large")
        /// The configuration can't work.
        public static let misconfigured = Code("misconfigured")
        /// The session was closed from this side.
        public static let closed = Code("closed")
        /// Something else; the message says what.
        public static let other = Code("other")
    }

    /// Which kind.
    public var code: Code

    /// What is wrong and what to do about it, in one line; never a secret.
    public var message: String

    /// Whether the session is as good as before: the server has refused one request, and nothing else has happened.
    ///
    /// False unless set. An error that comes of opening a session leaves none, whatever this says.
    public var keepsSession = false

    /// Makes an error.
    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}
