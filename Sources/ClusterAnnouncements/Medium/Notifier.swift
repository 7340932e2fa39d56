/// A broadcast medium in which every listener of a channel hears what is sent to it: what an ``AnnouncementStrategy``
/// needs of PostgreSQL or of a network, and what a test puts in its place.
public protocol Notifier: Sendable {
    /// One life of a connection, seen from one channel.
    associatedtype Session: NotifierSession

    /// What the medium can carry, and how far its clock is to be trusted.
    var medium: Medium { get }

    /// Opens a session and returns when it is confirmed that it listens.
    ///
    /// It may take as long as it takes; it is cancelled when it takes too long, and must then return promptly.
    /// - Throws: ``NotifierError``, or `CancellationError`.
    func openSession(_ request: NotifierSessionRequest) async throws -> Session
}
