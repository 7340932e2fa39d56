/// How many lines may be logged: some at once, then one in each interval, so that a flood fills no disk.
struct LineBudget: Sendable {
    static let burst = 50

    private let burst: Int
    private let interval: Duration
    private var tokens: Int
    private var refilledAt = Instant.start
    private var suppressed = 0

    init(burst: Int = LineBudget.burst, interval: Duration = .seconds(1)) {
        self.burst = burst
        self.interval = interval
        self.tokens = burst
    }

    /// Whether one more line may be logged, and how many were left out since the last one that was.
    mutating func take(at now: Instant) -> (isAllowed: Bool, suppressed: Int) {
        let intervals = self.refilledAt.duration(to: now).inNanoseconds / self.interval.inNanoseconds
        if intervals > 0 {
            self.tokens = Int(min(Int64(self.burst), Int64(self.tokens) + min(intervals, Int64(self.burst))))
            self.refilledAt = self.refilledAt.advanced(
                by: Duration(inNanoseconds: intervals * self.interval.inNanoseconds)
            )
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
