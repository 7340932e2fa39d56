/// A clock that stands still until the test turns it.
///
/// Hand it to what is under test, wait until that sleeps, and turn the clock:
///
/// ```swift
/// let clock = ManualClock()
/// async let result: Void = clock.sleep(for: .seconds(5))
/// try await clock.waitForSleepers(count: 1)
/// clock.advance(by: .seconds(5))
/// try await result
/// ```
///
/// One turn wakes each sleeper at most once: who sleeps again in a loop reads the new time first. To see every turn of
/// such a loop, use ``advanceToNextTimer()``.
public final class ManualClock: Clock {
    /// A moment of the clock: the time since it was made.
    public struct Instant: InstantProtocol, CustomStringConvertible {
        /// The time since the clock was made.
        public var sinceStart: Duration

        /// Makes a moment.
        public init(sinceStart: Duration = .zero) {
            self.sinceStart = sinceStart
        }

        /// A moment later than this one.
        public func advanced(by duration: Duration) -> Instant {
            Instant(sinceStart: self.sinceStart + duration)
        }

        /// The time from this moment to another.
        public func duration(to other: Instant) -> Duration {
            other.sinceStart - self.sinceStart
        }

        /// Whether a moment is earlier than another.
        public static func < (lhs: Instant, rhs: Instant) -> Bool {
            lhs.sinceStart < rhs.sinceStart
        }

        /// The time since the clock was made.
        public var description: String { "\(self.sinceStart)" }
    }

    private struct Sleeper: Sendable {
        var id: UInt64
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State: Sendable {
        var now = Instant()
        /// By deadline, and those of one deadline in the order in which they came.
        ///
        /// A test has few enough for an array.
        var sleepers: [Sleeper] = []
        var lastID: UInt64 = 0

        mutating func insert(_ sleeper: Sleeper) {
            let position = self.sleepers.lastIndex { $0.deadline <= sleeper.deadline }
            self.sleepers.insert(sleeper, at: position.map { $0 + 1 } ?? 0)
        }

        mutating func remove(id: UInt64) -> Sleeper? {
            self.sleepers.firstIndex { $0.id == id }.map { self.sleepers.remove(at: $0) }
        }

        mutating func removeAllDue() -> [Sleeper] {
            let due = Array(self.sleepers.prefix { $0.deadline <= self.now })
            self.sleepers.removeFirst(due.count)
            return due
        }
    }

    private let state = Observed(State())

    /// Makes a clock that stands at zero.
    public init() {}

    /// The time that the clock shows.
    public var now: Instant { self.state.value.now }

    /// Zero: the clock is exact.
    public var minimumResolution: Duration { .zero }

    /// How many tasks sleep on the clock.
    public var sleeperCount: Int { self.state.value.sleepers.count }

    /// When the next sleeper wakes, or nil if nobody sleeps.
    public var nextDeadline: Instant? { self.state.value.sleepers.first?.deadline }

    /// Sleeps until the clock has been turned to a moment or beyond.
    ///
    /// - Throws: `CancellationError`.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = self.state.update { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = self.state.update { state in
                    // The handler below may have run already, and found nothing to cancel.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.insert(Sleeper(id: id, deadline: deadline, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let sleeper = self.state.update { $0.remove(id: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    // MARK: Turning

    /// Turns the clock on by a duration; who was to wake by then does, in the order of the deadlines.
    public func advance(by duration: Duration) {
        self.turn { $0.now.advanced(by: duration) }
    }

    /// Turns the clock on to a moment; a moment that is past changes nothing.
    public func advance(to moment: Instant) {
        self.turn { _ in moment }
    }

    /// Turns the clock on to the next sleeper's deadline and returns it, or nil if nobody sleeps.
    @discardableResult
    public func advanceToNextTimer() -> Instant? {
        self.turn { $0.sleepers.first?.deadline ?? $0.now } ? self.now : nil
    }

    @discardableResult
    private func turn(to target: @Sendable (State) -> Instant) -> Bool {
        let awakened = self.state.update { state in
            state.now = max(state.now, target(state))
            return state.removeAllDue()
        }
        for sleeper in awakened { sleeper.continuation.resume() }
        return !awakened.isEmpty
    }

    // MARK: Waiting

    /// Waits until at least so many tasks sleep on the clock.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - limit: For how long, in real time; a minute unless told otherwise.
    /// - Throws: ``WaitTimeout``, or `CancellationError`.
    public func waitForSleepers(count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.state.wait(within: limit) { state in
            "\(count) sleepers; there are \(state.sleepers.count)"
        } until: { state in
            state.sleepers.count >= count
        }
    }

    /// Waits until a task sleeps that wakes at or before a moment.
    ///
    /// - Parameters:
    ///   - moment: The moment; any, unless told otherwise.
    ///   - limit: For how long, in real time; a minute unless told otherwise.
    /// - Returns: The next deadline.
    /// - Throws: ``WaitTimeout``, or `CancellationError`.
    @discardableResult
    public func waitForTimer(
        notAfter moment: Instant = Instant(sinceStart: .seconds(Int64.max)),
        within limit: Duration = .seconds(60)
    ) async throws -> Instant {
        try await self.state.wait(within: limit) { state in
            "a timer not after \(moment); the next is \(state.sleepers.first.map { "\($0.deadline)" } ?? "none")"
        } until: { state in
            state.sleepers.first.map { $0.deadline <= moment } ?? false
        }
        return self.nextDeadline ?? moment
    }
}
