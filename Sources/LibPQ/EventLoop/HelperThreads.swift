/// Threads for the calls of libpq that may block: name resolution, Kerberos, the TLS and password handshakes.
///
/// A thread lives while there is work and ends with it. There are at most `limit`, so that a resolver that never
/// returns costs a bounded number of threads; what comes beyond that waits.
final class HelperThreads: Sendable {
    static let shared = HelperThreads(limit: 16)

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
    }

    private let limit: Int
    private let state = Guarded(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Runs `work` on some thread, soon.
    ///
    /// It must look for itself whether it is still wanted.
    func run(_ work: @escaping @Sendable () -> Void) {
        let needsThread = self.state.withLock { state in
            state.waiting.append(work)
            guard state.threads < self.limit else { return false }
            state.threads += 1
            return true
        }
        guard needsThread else { return }
        if BackgroundThread.start({ self.drain() }) == nil {
            // The system has no thread left. Whoever runs already takes the work; if nobody does, the next call tries
            // again, and the connect's deadline covers the wait.
            self.state.withLock { $0.threads -= 1 }
        }
    }

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
