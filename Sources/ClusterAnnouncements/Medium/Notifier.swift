/// A broadcast medium in which every listener of a channel hears what is sent to it: what an ``AnnouncementStrategy``
/// needs of PostgreSQL or of a network, and what a test puts in its place.
public protocol Notifier: Sendable {
    /// One life of a connection, seen from one channel.
    associatedtype Session: NotifierSession

    /// What the medium can carry, and how far its clock is to be trusted.
    var medium: Medium { get }

    /// Whether there are several servers, one of which may take over from another.
    ///
    /// Default: false. What looks like a wrong configuration is then tried as often as any other fault.
    var hasSeveralServers: Bool { get }

    /// The thread on which notifications arrive, to be preferred by the task that takes them in; nil, the default, where
    /// there is none.
    ///
    /// It saves waking another thread for each notification. Nothing that takes long is run there.
    var executor: (any TaskExecutor)? { get }

    /// Opens a session and returns when it is confirmed that it listens.
    ///
    /// It may take as long as it takes; it is cancelled when it takes too long, and must then return promptly.
    /// - Throws: ``NotifierError``, or `CancellationError`.
    func openSession(_ request: NotifierSessionRequest) async throws -> Session
}

extension Notifier {
    /// False.
    public var hasSeveralServers: Bool { false }

    /// None: notifications are taken in on the cooperative pool.
    public var executor: (any TaskExecutor)? { nil }
}
