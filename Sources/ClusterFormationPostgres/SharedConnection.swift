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
    private struct State {
        var sessionCount = 1
        var isCondemned = false
    }

    private let state = Locked(State())

    init(_ connection: Connection, processID: Int32) {
        self.connection = connection
        self.processID = processID
    }

    /// False when it is closed or about to be, or was declared dead or pooled by a session that used it.
    func retain() -> Bool {
        guard !self.connection.isClosed else { return false }
        return self.state.withLock { state in
            guard state.sessionCount > 0, !state.isCondemned else { return false }
            state.sessionCount += 1
            return true
        }
    }

    /// No further session gets it; those that are on it find out by themselves.
    func condemn() {
        self.state.withLock { $0.isCondemned = true }
    }

    /// True for the last session, which has to close it.
    func release() -> Bool {
        self.state.withLock { state in
            state.sessionCount -= 1
            return state.sessionCount == 0
        }
    }
}
