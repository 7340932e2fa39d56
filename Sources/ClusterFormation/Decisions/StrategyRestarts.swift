/// When a strategy that has ended is started again: with backoff, for ever.
struct StrategyRestarts: Sendable {
    private let backoff: Backoff
    /// How many runs in a row have ended without having held.
    private var failures = 0

    init(backoff: Backoff) {
        self.backoff = backoff
    }

    /// A run has ended after so long; the wait before the next one.
    ///
    /// A run that held for longer than the longest wait is not part of a series of failures, but begins one.
    mutating func ended(after duration: Duration, using generator: inout some RandomNumberGenerator) -> Duration {
        self.failures = duration > self.backoff.maximum ? 1 : self.failures + 1
        return self.backoff.delay(afterFailures: self.failures, using: &generator)
    }
}
