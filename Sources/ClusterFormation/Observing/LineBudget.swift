/// How many lines may be logged: some at once, then one a second, so that a flood fills no disk.
struct LineBudget: Sendable {
    static let burst = 50

    private var tokens = LineBudget.burst
    private var refilledAt = Instant.start
    private var suppressed = 0

    /// Whether one more line may be logged, and how many were left out since the last one that was.
    mutating func take(at now: Instant) -> (isAllowed: Bool, suppressed: Int) {
        let seconds = self.refilledAt.duration(to: now).components.seconds
        if seconds > 0 {
            self.tokens = Int(min(Int64(Self.burst), Int64(self.tokens) + min(seconds, Int64(Self.burst))))
            self.refilledAt = self.refilledAt.advanced(by: .seconds(seconds))
        }
        guard self.tokens > 0 else {
            self.suppressed += 1
            return (false, 0)
        }
        self.tokens -= 1
        defer { self.suppressed = 0 }
        return (true, self.suppressed)
    }
}
