import ClusterFormationTesting

/// A clock that runs, and jumps ahead when told: what a process sees that was stopped or suspended.
final class JumpingClock: Clock {
    struct Instant: InstantProtocol {
        var sinceStart: Duration
        func advanced(by duration: Duration) -> Instant { Instant(sinceStart: self.sinceStart + duration) }
        func duration(to other: Instant) -> Duration { other.sinceStart - self.sinceStart }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.sinceStart < rhs.sinceStart }
    }

    private let start = ContinuousClock.now
    private let skipped = Observed(Duration.zero)

    var minimumResolution: Duration { .zero }

    var now: Instant { Instant(sinceStart: self.start.duration(to: .now) + self.skipped.value) }

    func jump(by duration: Duration) {
        self.skipped.update { $0 += duration }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (start, skipped) = (self.start, self.skipped)
            let before = skipped.value
            group.addTask {
                let end = start.advanced(by: deadline.sinceStart - before)
                try await ContinuousClock().sleep(until: end, tolerance: nil)
            }
            // After a jump the sleeper looks at the time again.
            group.addTask { try await skipped.wait { $0 != before } }
            defer { group.cancelAll() }
            try await group.next()
        }
        if self.now < deadline { try await self.sleep(until: deadline, tolerance: tolerance) }
    }
}
