/// When a client's next text is taken, so that one who talks without a pause crowds out nobody.
///
/// Pure: the time is handed in.
struct TextPace {
    private let interval: Duration
    /// When the texts so far would all have been taken at an even pace.
    private var even: ContinuousClock.Instant?

    init(textsPerSecond: Int) {
        self.interval = .seconds(1) / max(1, textsPerSecond)
    }

    /// The moment for one more text: now, until a second's worth of texts has come at once.
    mutating func next(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let even = max(self.even ?? now, now).advanced(by: self.interval)
        self.even = even
        return max(now, even.advanced(by: .seconds(-1)))
    }
}
