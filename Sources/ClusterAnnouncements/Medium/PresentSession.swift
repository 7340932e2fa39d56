/// One session that the medium shows: whose it says it is, and the process id that the medium itself has given it.
public struct PresentSession: Hashable, Sendable {
    /// The instance's part of the session's ``PresenceKey``.
    public var instance: Int32
    /// The session's process id.
    public var processID: Int32

    /// Makes a value.
    public init(instance: Int32, processID: Int32) {
        self.instance = instance
        self.processID = processID
    }
}
