/// A moment on the cluster's own monotonic time line: nanoseconds since the `ClusterClock` was made.
///
/// The pure types reckon in these alone. They never read a clock, so a test hands them any moment it likes. It reaches
/// 292 years in both directions; what lies beyond is brought to that.
package struct Instant: InstantProtocol {
    package static let start = Instant(nanoseconds: 0)

    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package init(sinceStart duration: Duration) {
        self.init(nanoseconds: duration.inNanoseconds)
    }

    package func advanced(by duration: Duration) -> Instant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(duration.inNanoseconds)
        return Instant(nanoseconds: overflow ? (self.nanoseconds < 0 ? -.max : .max) : sum)
    }

    package func duration(to other: Instant) -> Duration {
        Duration(inNanoseconds: other.nanoseconds.subtractingReportingOverflow(self.nanoseconds).partialValue)
    }

    package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.nanoseconds < rhs.nanoseconds }
}
