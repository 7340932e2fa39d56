/// How long to wait between attempts: exponential, with full jitter.
///
/// The wait after the *n*th failure in a row is drawn evenly from zero to ``initial`` · 2ⁿ⁻¹, or to ``maximum`` when that
/// is less. Full jitter spreads those that failed together better than any other (Brooker, "Exponential Backoff And
/// Jitter", 2015).
public struct Backoff: Hashable, Sendable {
    /// The ceiling of the first wait.
    ///
    /// Default: 100 ms.
    public var initial: Duration

    /// The ceiling of every wait.
    ///
    /// Default: 30 s.
    public var maximum: Duration

    /// A backoff with its ceilings.
    public init(initial: Duration = .milliseconds(100), maximum: Duration = .seconds(30)) {
        self.initial = initial
        self.maximum = maximum
    }

    /// The wait after so many failures in a row, 1 being the first.
    package func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = min(self.maximum, self.initial * Double(1 << min(max(failures - 1, 0), 30)))
        return ceiling * Double.random(in: 0...1, using: &generator)
    }
}
