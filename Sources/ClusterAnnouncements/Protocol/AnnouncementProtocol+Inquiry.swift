internal import ClusterFormation

/// With a key: what is asked about strangers that have not shown that they live.
///
/// Of many that start at once some name a message as proof that this node does not know: everybody else has taken them up.
struct StrangerInquiry: Sendable {
    /// When to ask.
    var due: Instant?
    /// When this node asked last.
    var lastAsked: Instant?
    /// When a stranger was heard last.
    var lastStranger: Instant?
    /// When somebody was taken up last.
    var lastAdmission: Instant?

    /// Whether all has been quiet for so long.
    ///
    /// Who only listens and repeats can let strangers be heard for ever, and puts it off for the longer time at most.
    func isQuiet(for wait: Duration, orWithoutAdmissionFor longer: Duration, at now: Instant) -> Bool {
        func isOver(_ moment: Instant?, _ wait: Duration) -> Bool {
            moment.map { $0.advanced(by: wait) <= now } ?? true
        }
        return isOver(self.lastAdmission, wait)
            && (isOver(self.lastStranger, wait) || isOver(self.lastAdmission, longer))
    }
}

extension AnnouncementProtocol {
    /// A stranger was heard that proves nothing yet.
    mutating func noteStranger(at now: Instant) {
        self.inquiry.lastStranger = now
        self.inquiry.due = self.inquiry.due ?? self.nextInquiry(after: now)
    }

    /// Somebody else asks: the answer is for this node, too.
    mutating func noteInquiry(at now: Instant) {
        if self.inquiry.due != nil { self.inquiry.due = self.nextInquiry(after: now) }
    }

    /// Asks for a roster, if a stranger has been silent for long that no roster has named since.
    ///
    /// Whoever answers names everybody; whom the answer does not name as proven is a recording, or comes again.
    mutating func inquire(at now: Instant) -> [Action] {
        guard let due = self.inquiry.due, due <= now else { return [] }
        self.inquiry.due = nil
        // Of those who all start now nobody could answer.
        guard let session = self.session, self.table.count > 0, self.candidates.count > 0 else { return [] }
        let wait = self.configuration.echoDeadline
        let silent = self.candidates.all.filter { $0.silence(at: now) >= wait }
        // While others are taken up or still speak, these may be taken up, too.
        guard session.isSynchronised, session.awaitedEcho == nil, !silent.isEmpty,
            self.inquiry.isQuiet(for: wait, orWithoutAdmissionFor: self.candidateLifetime.halved, at: now)
        else {
            self.inquiry.due = self.nextInquiry(after: now)
            return []
        }
        let answered = self.lastRoster?.at.advanced(by: .zero - wait)
        let isUnanswered = silent.contains { candidate in answered.map { candidate.lastHeard.instant > $0 } ?? true }
        guard isUnanswered else { return [] }
        self.inquiry.lastAsked = now
        return [self.announce(asking: true, at: now)]
    }

    /// Not everybody at once, and no node often: strangers may be recordings.
    private mutating func nextInquiry(after now: Instant) -> Instant {
        let spread = Duration.milliseconds(10 * self.members)
        let due = now.advanced(
            by: self.configuration.echoDeadline + spread * Double.random(in: 0...1, using: &self.generator)
        )
        return self.inquiry.lastAsked.map { max(due, $0.advanced(by: self.candidateLifetime)) } ?? due
    }
}
