internal import Locking

/// What one attempt to connect leaves to the next.
package final class ConnectMemory: Sendable {
    private let tried = Locked(TriedHosts())

    package init() {}

    /// A session was had that serves its purpose: the next search begins with the first host again.
    package func forget() {
        self.tried.withLock { $0 = TriedHosts() }
    }

    var value: TriedHosts {
        get { self.tried.withLock { $0 } }
        set { self.tried.withLock { $0 = newValue } }
    }
}
