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

    /// The medium's process id of this session: the one that its own notifications carry when they are heard.
    ///
    /// A medium that has none makes one at random, not zero and not negative.
    var processID: Int32 { get }

    /// Names what the session is connected to, such as the server and the database, the same for all nodes there.
    ///
    /// Sealed messages are bound to it, so that what is forwarded from elsewhere can't be opened here.
    var place: String { get }

    /// When the session began to listen, by the medium's clock.
    var openedAt: Moment { get }

    /// Whether ``presentSessions(ofCluster:)`` shows this session to the other nodes, so that they may take its absence
    /// there for its end.
    var isShown: Bool { get }

    /// What the medium has warned of when it began to listen; nil, the default, for nothing.
    var warning: String? { get }

    /// How many notifications were dropped because nobody consumed them.
    var droppedNotifications: Int { get }

    /// Sends to the channel; returns when the medium has taken it, with its time.
    ///
    /// It throws ``NotifierError`` when it was not taken, and never returns then.
    func notify(_ payload: String) async throws -> Moment

    /// A round trip to the medium that wakes no listener, with its time; throws when the session turns out to be lost.
    func probe() async throws -> Moment

    /// The sessions of one cluster that the medium sees alive now, or nil where it can't tell.
    func presentSessions(ofCluster cluster: Int32) async throws -> Set<PresentSession>?

    /// Sends a last payload if one is given and closes the session, within a bound.
    ///
    /// It works in a cancelled task, since that is when it is called, and on a session that is already lost.
    func close(farewell: String?, within bound: Duration) async
}

extension NotifierSession {
    /// Nil: no warning.
    public var warning: String? { nil }
}
