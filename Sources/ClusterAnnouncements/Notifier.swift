/// A broadcast medium in which every listener of a channel hears what is sent to it: what `PostgresNotifyStrategy`
/// needs of PostgreSQL, and what a test puts in its place.
public protocol Notifier: Sendable {
    /// One life of a connection, seen from one channel.
    associatedtype Session: NotifierSession

    /// Opens a session and returns when it is confirmed that it listens.
    ///
    /// It may take as long as it takes; it is cancelled when it takes too long, and must then return promptly.
    /// - Throws: ``NotifierError``, or `CancellationError`.
    func openSession(_ request: NotifierSessionRequest) async throws -> Session
}

/// What a session is to be opened for.
public struct NotifierSessionRequest: Sendable {
    /// The channel to listen on and to send to.
    public var channel: String

    /// Whose session it is, in a few words that an operator may see in the server's list of sessions.
    public var applicationName: String

    /// The key under which the other nodes can see that this session lives, where the medium has such a thing.
    public var presence: Presence

    /// A pair of numbers: the cluster, and the instance within it.
    public struct Presence: Hashable, Sendable {
        /// The same for every node of the cluster.
        public var cluster: Int32
        /// This instance.
        public var instance: Int32

        /// Makes a pair.
        public init(cluster: Int32, instance: Int32) {
            self.cluster = cluster
            self.instance = instance
        }
    }

    /// Makes a request.
    public init(channel: String, applicationName: String, presence: Presence) {
        self.channel = channel
        self.applicationName = applicationName
        self.presence = presence
    }
}

/// One life of a connection to a notifier, seen from one channel.
public protocol NotifierSession: Sendable {
    /// The sequence of what is heard.
    associatedtype Notifications: AsyncSequence<Notification, any Error> & Sendable

    /// What is heard on the channel from the moment of the LISTEN on, one's own notifications included.
    ///
    /// To be iterated once. It throws a ``NotifierError`` when the session is lost, and ends without an error after
    /// ``close(farewell:within:)``. It never holds up the medium: what is not consumed in time is dropped, oldest first,
    /// and counted in ``droppedNotifications``.
    var notifications: Notifications { get }

    /// The server's process id of this session: the one that its own notifications carry when they are heard.
    var processID: Int32 { get }

    /// Whether ``presentInstances(ofCluster:)`` shows this session to the other nodes, so that they may take its absence
    /// there for its end.
    var isShown: Bool { get }

    /// How many notifications were dropped because nobody consumed them.
    var droppedNotifications: Int { get }

    /// Sends to the channel; returns when the medium has taken it.
    func notify(_ payload: String) async throws

    /// A round trip to the medium that wakes no listener; throws when the session turns out to be lost.
    func probe() async throws

    /// The instances of one cluster whose sessions the medium sees alive now, or nil where it can't tell.
    func presentInstances(ofCluster cluster: Int32) async throws -> Set<Int32>?

    /// Sends a last payload if one is given and closes the session, within a bound.
    ///
    /// It works in a cancelled task, since that is when it is called, and on a session that is already lost.
    func close(farewell: String?, within bound: Duration) async
}

/// One notification, as it was heard.
public struct Notification: Hashable, Sendable {
    /// The channel.
    public var channel: String
    /// The payload; what is not UTF-8 in it is replaced.
    public var payload: String
    /// The sender's session on the server, as the server says; a sender can't forge it.
    public var processID: Int32

    /// Makes a notification.
    public init(channel: String, payload: String, processID: Int32) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
    }
}

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
        /// The medium's queue is full, because some listener does not take its notifications; the session is still good.
        public static let queueFull = Code("queue_full")
        /// TLS could not be agreed on, or the server's certificate is not the right one.
        public static let tlsFailed = Code("tls_failed")
        /// The server, or the way to it, does not answer any more though the connection seems to be up.
        public static let unresponsive = Code("unresponsive")
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
