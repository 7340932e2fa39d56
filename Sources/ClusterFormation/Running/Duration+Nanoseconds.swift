/// Durations as whole nanoseconds, and the arithmetic that each message of a protocol needs dozens of times.
///
/// The standard library's own functions for it are generic and made of 128-bit divisions, several times as slow.
extension Duration {
    package init(inNanoseconds nanoseconds: Int64) {
        self.init(attoseconds: Int128(nanoseconds) * 1_000_000_000)
    }

    /// Whole nanoseconds, towards zero; at most those of 292 years.
    package var inNanoseconds: Int64 {
        let attoseconds = self.attoseconds
        let magnitude = attoseconds.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        let perNanosecond: UInt64 = 1_000_000_000
        // One division instruction: the largest quotient that fits a positive Int64 has a high half below half the divisor.
        guard high < perNanosecond / 2 else { return attoseconds < 0 ? -.max : .max }
        let low = UInt64(truncatingIfNeeded: magnitude)
        let quotient = Int64(perNanosecond.dividingFullWidth((high, low)).quotient)
        return attoseconds < 0 ? -quotient : quotient
    }

    /// The duration as a floating point number of seconds.
    package var inSeconds: Double { Double(self.inNanoseconds) * 1e-9 }

    package func multiplied(by count: Int) -> Duration { Duration(attoseconds: self.attoseconds * Int128(count)) }

    /// Half of it, without a division.
    package var halved: Duration { Duration(attoseconds: self.attoseconds >> 1) }
}
