/// Any monotonic clock, reduced to what the shells need: what time it is, and to wait until it is later.
///
/// The default is `ContinuousClock`: it goes on while the machine sleeps and does not see a step of the wall clock.
package struct ClusterClock: Sendable {
    private let read: @Sendable () -> Instant
    private let wait: @Sendable (Instant) async throws -> Void

    package init(_ clock: any Clock<Duration>) {
        self.init(opened: clock)
    }

    private init<C: Clock<Duration>>(opened clock: C) {
        let origin = clock.now
        self.read = { Instant(sinceStart: origin.duration(to: clock.now)) }
        self.wait = { instant in
            try await clock.sleep(until: origin.advanced(by: Instant.start.duration(to: instant)), tolerance: nil)
        }
    }

    package var now: Instant { self.read() }

    /// Waits until `deadline`; throws `CancellationError` when the task is cancelled first.
    package func sleep(until deadline: Instant) async throws {
        try await self.wait(deadline)
    }

    /// Waits until `deadline`, or until the signal wakes it, or the task is cancelled.
    package func sleep(until deadline: Instant, or signal: WakeSignal) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.sleep(until: deadline) }
            group.addTask { await signal.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
