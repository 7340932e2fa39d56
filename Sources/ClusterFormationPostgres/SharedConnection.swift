internal import ClusterFormation
internal import LibPQ
internal import Locking

/// A connection that is fit for notifications, and how many sessions use it.
final class SharedConnection: Sendable {
    let connection: Connection
    /// The server's process behind it.
    ///
    /// A pooler names another one when the connection is made.
    let processID: Int32
    private let sessionCount = Locked(1)

    init(_ connection: Connection, processID: Int32) {
        self.connection = connection
        self.processID = processID
    }

    /// False when it is closed, or about to be.
    func retain() -> Bool {
        guard !self.connection.isClosed else { return false }
        return self.sessionCount.withLock { count in
            guard count > 0 else { return false }
            count += 1
            return true
        }
    }

    /// True for the last one, who has to close it.
    func release() -> Bool {
        self.sessionCount.withLock { count in
            count -= 1
            return count == 0
        }
    }
}
