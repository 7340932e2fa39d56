import ClusterFormation

/// The timer of one machine: it rings for the machine's deadline, but late.
struct TestAlarm {
    private let lateness = LateTimers.lateness
    private var deadline: Instant?
    /// When it rings.
    private(set) var at: Instant?

    /// Sets the timer for a deadline; one that is set already stays as late as it is.
    mutating func set(for deadline: Instant?, now: Instant) {
        let hasRung = self.at.map { $0 <= now } ?? false
        guard deadline != self.deadline || hasRung else { return }
        self.deadline = deadline
        self.at = deadline.map { max($0, now).advanced(by: self.lateness) }
    }
}
