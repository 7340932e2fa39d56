internal import ClusterFormation

/// A point in time by the medium's own clock, such as the server's: one clock that all nodes share.
///
/// A message says when it was made by it, so that its age can be judged without anybody's own wall clock.
public struct Moment: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 1970-01-01 00:00 UTC, as the medium counts them.
    public var microseconds: Int64

    /// Makes a moment.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment that is later by a duration; negative ones lead back.
    public func advanced(by duration: Duration) -> Moment {
        let (sum, overflow) = self.microseconds.addingReportingOverflow(duration.inNanoseconds / 1_000)
        return Moment(microseconds: overflow ? (self.microseconds < 0 ? -.max : .max) : sum)
    }

    /// How much later another moment is.
    public func duration(to other: Moment) -> Duration {
        Duration(attoseconds: (Int128(other.microseconds) - Int128(self.microseconds)) * 1_000_000_000_000)
    }

    /// Earlier moments first.
    public static func < (lhs: Moment, rhs: Moment) -> Bool { lhs.microseconds < rhs.microseconds }

    /// The microseconds since 1970.
    public var description: String { "\(self.microseconds) µs" }
}
