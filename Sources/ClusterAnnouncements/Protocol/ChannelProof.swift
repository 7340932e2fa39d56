internal import ClusterFormation

/// Whether the session's channel works: a node hears its own messages, and asks the medium in between.
///
/// A node that has no proof of its own channel accuses nobody: the silence that it hears may be its own.
package struct ChannelProof: Sendable {
    /// What kept silent.
    package enum Silence: Sendable, Equatable {
        /// The node's own announcement did not come back, and the medium has not answered that it took it.
        case noEcho
        /// The medium has taken the node's own announcement, and not delivered it.
        case undelivered
        /// The medium did not answer.
        case noAnswer
    }

    /// An own message that has not come back.
    private struct Awaited: Sendable {
        var number: UInt64
        var moment: Moment
        var since: Instant
    }

    private let echoDeadline: Duration
    /// The first own message that has not come back.
    private var awaited: Awaited?
    private var probeSince: Instant?
    /// When a message was heard or a probe was answered last.
    private(set) var lastEvidence: Instant
    /// When an own message came back last.
    private(set) var lastEcho: Instant?
    /// The last own message that was sent on this session, and the last that has come back: older echoes prove nothing.
    private var lastSent: UInt64 = 0
    private(set) var lastEchoed: UInt64 = 0
    /// The last own message that the medium has taken.
    private var lastTaken: UInt64 = 0

    /// Whether the medium has refused the last message: then the others' silence may be for the same reason.
    private var isRefused = false

    /// How long messages take of late from being made until they are heard.
    private(set) var lag: Duration = .zero
    /// When a message was heard last, or the session began.
    private var lastHeard: Instant

    init(echoDeadline: Duration, at now: Instant) {
        self.echoDeadline = echoDeadline
        self.lastEvidence = now
        self.lastHeard = now
    }

    // MARK: What can be asked

    var isProbing: Bool { self.probeSince != nil }
    /// Whether a message that was sent has still to come back.
    var isAwaitingEcho: Bool { self.awaited != nil }

    /// Whether it can be known that the channel works: an own message has come back, nothing is awaited, and the medium
    /// takes what is sent.
    var isSettled: Bool { self.lastEcho != nil && self.awaited == nil && self.probeSince == nil && !self.isRefused }

    /// Until when the echo of what is under way is reckoned with.
    var echoDue: Instant? { self.awaited.map { $0.since.advanced(by: self.echoDeadline) } }

    /// Whether the channel is known to work, so that other nodes' silence means something.
    func isProven(at now: Instant) -> Bool {
        guard self.lastEcho != nil, !self.isRefused, now < self.lastEvidence.advanced(by: self.echoDeadline) else {
            return false
        }
        return self.echoDue.map { now < $0 } ?? true
    }

    /// What the session is to be given up for, and when, unless something is heard before.
    ///
    /// While messages keep coming that are hardly newer than the awaited one, by the newest moment that was heard, the medium
    /// is behind and not silent: when thousands of nodes start at once, by as many deliveries as there are pairs of them.
    func silence(newest: Moment) -> (at: Instant, what: Silence)? {
        let answer = self.probeSince.map { (at: $0.advanced(by: self.echoDeadline), what: Silence.noAnswer) }
        guard let awaited = self.awaited else { return answer }
        var due = awaited.since.advanced(by: self.echoDeadline)
        if newest < awaited.moment.advanced(by: self.echoDeadline.halved) {
            due = max(due, self.lastEvidence.advanced(by: self.echoDeadline.halved))
        }
        let echo = (at: due, what: awaited.number <= self.lastTaken ? Silence.undelivered : .noEcho)
        return answer.map { $0.at < echo.at ? $0 : echo } ?? echo
    }

    // MARK: What happens

    mutating func sent(_ number: UInt64, madeAt moment: Moment, at now: Instant) {
        self.lastSent = number
        if self.awaited == nil { self.awaited = Awaited(number: number, moment: moment, since: now) }
    }

    /// The medium has answered that it took a message.
    mutating func taken(_ number: UInt64) {
        self.lastTaken = max(self.lastTaken, number)
    }

    /// An own message has come back.
    ///
    /// - Returns: How long it took, if it was the first that was awaited; nil for one that proves nothing new.
    mutating func echoed(_ number: UInt64, at now: Instant) -> Duration? {
        guard number <= self.lastSent else { return nil }
        self.lastEvidence = now
        self.lastHeard = now
        self.lastEcho = now
        self.isRefused = false
        self.lastEchoed = max(self.lastEchoed, number)
        guard let awaited = self.awaited, number >= awaited.number else { return nil }
        self.awaited = nil
        let roundTrip = awaited.since.duration(to: now)
        self.noteLag(roundTrip)
        return roundTrip
    }

    /// Somebody else's message has come, so long after it was made, by its own word.
    ///
    /// The medium delivers in order: this message was on its way for no longer than the one before it, and the time since
    /// that one came. So a message that claims to be old makes the medium no slower than it can be.
    mutating func heard(after lag: Duration, at now: Instant) {
        let longest = self.lag + self.lastHeard.duration(to: now)
        self.lastEvidence = now
        self.lastHeard = now
        self.noteLag(min(max(.zero, lag), longest))
    }

    mutating func probing(at now: Instant) {
        self.probeSince = now
    }

    mutating func probeAnswered(at now: Instant) {
        self.probeSince = nil
        self.lastEvidence = now
    }

    /// The process was stopped for a while: what it waits for had no chance to be heard, and has its time again.
    mutating func excuse(at now: Instant) {
        self.awaited?.since = now
        if self.probeSince != nil { self.probeSince = now }
    }

    /// The medium has refused to take a message: an answer, but nobody hears what was not taken.
    mutating func refused(_ number: UInt64, at now: Instant) {
        self.lastEvidence = now
        self.isRefused = true
        if self.awaited?.number == number { self.awaited = nil }
    }

    /// When the medium falls behind, that counts at once.
    private mutating func noteLag(_ sample: Duration) {
        self.lag = max(sample, (self.lag + sample).halved)
    }
}
