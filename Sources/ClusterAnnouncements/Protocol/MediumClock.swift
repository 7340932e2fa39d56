package import ClusterFormation

/// What this node knows of the medium's clock: by how much it is ahead of the node's own.
///
/// Each answer of the medium says its time, at some moment between the question and the answer. While what was known
/// before fits in between it stays, so that a slow answer teaches nothing wrong; otherwise it moves to the nearer end.
/// The node's own clock is monotonic, so that a step can only be the medium's.
package struct MediumClock: Sendable {
    /// What does not fit by more than this is a step of the medium's clock, and not its drift: at 200 parts in a million,
    /// more than two machines' clocks drift apart, an hour without an answer makes 0.7 s.
    static let drift = Duration.seconds(1)

    /// How long ago a session's opening has told the time at most when the session is there: it has begun to listen since,
    /// which PostgreSQL is given 3 s for.
    static let longestOpening = Duration.seconds(3)

    /// The medium's microseconds less the node's own.
    private var offset: Int64
    /// How far off that may be: the time that the answer took which has taught it, in microseconds.
    private var uncertainty = MediumClock.longestOpening.inNanoseconds / 1_000

    package init(_ moment: Moment, at now: Instant) {
        self.offset = moment.microseconds - Self.microseconds(now)
    }

    /// The medium's time, never later than it is, but for drift.
    package func moment(at now: Instant) -> Moment { Moment(microseconds: Self.microseconds(now) + self.offset) }

    /// The medium has answered a question with its time; the answer is by how much its clock has stepped, if it has.
    package mutating func learn(_ moment: Moment, askedAt: Instant, at now: Instant) -> Duration? {
        let latest = moment.microseconds - Self.microseconds(askedAt)
        let earliest = moment.microseconds - Self.microseconds(now)
        let (before, tolerance) = (self.offset, Self.drift + Duration(inNanoseconds: self.uncertainty * 1_000))
        self.offset = min(max(before, earliest), latest)
        self.uncertainty = self.offset == before ? min(self.uncertainty, latest - earliest) : latest - earliest
        let change = Duration(inNanoseconds: (self.offset - before).multipliedReportingOverflow(by: 1_000).partialValue)
        return change > tolerance || change < .zero - tolerance ? change : nil
    }

    private static func microseconds(_ instant: Instant) -> Int64 { instant.nanoseconds / 1_000 }
}
