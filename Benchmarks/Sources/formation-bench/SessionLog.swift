internal import Synchronization

/// When nodes tried to open a session, and when one was open, of all nodes together.
final class SessionLog: Sendable {
    struct Moments {
        var attempts: [ContinuousClock.Instant] = []
        var openings: [ContinuousClock.Instant] = []
    }

    private let moments = Mutex(Moments())

    func noteAttempt() {
        self.moments.withLock { $0.attempts.append(.now) }
    }

    func noteOpening() {
        self.moments.withLock { $0.openings.append(.now) }
    }

    /// What was noted since the last call.
    func take() -> Moments {
        self.moments.withLock { moments in
            defer { moments = Moments() }
            return moments
        }
    }
}
