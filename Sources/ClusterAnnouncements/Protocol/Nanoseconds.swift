internal import ClusterFormation

/// A moment, in nanoseconds since the start of the cluster's time line: half the size of an ``Instant`` and compared in
/// one instruction, which counts where there are thousands of them.
///
/// It reaches 292 years in both directions; what lies beyond is brought to that.
struct Nanoseconds: Comparable, Sendable {
    private let value: Int64

    init(_ duration: Duration) {
        let attoseconds = duration.attoseconds
        let magnitude = attoseconds.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        // One division instruction instead of a 128-bit division; the largest quotient that fits a positive Int64 has
        // a high half below half the divisor.
        guard high < Self.attosecondsPerNanosecond / 2 else {
            self.value = attoseconds < 0 ? -Int64.max : Int64.max
            return
        }
        let low = UInt64(truncatingIfNeeded: magnitude)
        let quotient = Int64(Self.attosecondsPerNanosecond.dividingFullWidth((high, low)).quotient)
        self.value = attoseconds < 0 ? -quotient : quotient
    }

    init(_ instant: Instant) {
        self.init(instant.sinceStart)
    }

    private init(value: Int64) {
        self.value = value
    }

    var duration: Duration { .nanoseconds(self.value) }
    var inMilliseconds: Int64 { self.value / 1_000_000 }
    var instant: Instant { Instant(sinceStart: self.duration) }

    func advanced(by other: Nanoseconds) -> Nanoseconds {
        let (sum, overflow) = self.value.addingReportingOverflow(other.value)
        return Nanoseconds(value: overflow ? (self.value < 0 ? -Int64.max : Int64.max) : sum)
    }

    static func < (lhs: Nanoseconds, rhs: Nanoseconds) -> Bool { lhs.value < rhs.value }

    private static let attosecondsPerNanosecond: UInt64 = 1_000_000_000
}
