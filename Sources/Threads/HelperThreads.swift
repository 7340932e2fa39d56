internal import Locking

/// Threads for calls that may block: name resolution, Kerberos, the TLS and password handshakes.
///
/// A thread lives while there is work and ends with it. There are at most `limit`, so that a resolver that never
/// returns costs a bounded number of threads; what comes beyond that waits.
package final class HelperThreads: Sendable {
    package static let shared = HelperThreads(limit: 16)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
    }

    private let limit: Int
    private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Bool
    private let state = Locked(State())

    /// Makes the threads' administration; `startThread` is there for a test's system that has no thread left.
    package init(
        limit: Int,
        startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool = { BackgroundThread.start($0) }
    ) {
        self.limit = limit
        self.startThread = startThread
    }

    /// Runs `work` on some thread, soon; false when the system gives no thread, and then never.
    ///
    /// The work must look for itself whether it is still wanted.
    @discardableResult
    package func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        self.state.withLock { state in
            // Under the lock, although it is a call of the system: so a thread that is counted is one that will look
            // into the queue, and work is never left there by two callers of whom each counts on the other's thread.
            if state.threads < self.limit, self.startThread({ self.drain() }) { state.threads += 1 }
            guard state.threads > 0 else { return false }
            state.waiting.append(work)
            return true
        }
    }

    /// Whether no thread has work left.
    package var isIdle: Bool { self.state.withLock { $0.threads == 0 } }

    private func drain() {
        while let work = self.next() { work() }
    }

    private func next() -> (@Sendable () -> Void)? {
        self.state.withLock { state in
            if state.waiting.isEmpty {
                state.threads -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
