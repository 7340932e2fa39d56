import ClusterFormationTesting

/// A clock whose timers are late, as every machine's are: by microseconds at rest, by milliseconds under load.
struct LateClock: Clock {
    /// How late timers are in the tests of the driver.
    static let latenesses: [Duration] = [.microseconds(1), .milliseconds(1), .milliseconds(50)]

    let base: ManualClock
    let lateness: Duration

    var now: ManualClock.Instant { self.base.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ManualClock.Instant, tolerance: Duration?) async throws {
        try await self.base.sleep(until: deadline.advanced(by: self.lateness))
    }
}
