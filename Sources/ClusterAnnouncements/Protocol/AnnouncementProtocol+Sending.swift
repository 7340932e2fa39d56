package import ClusterFormation

extension AnnouncementProtocol {
    /// Gives a message its number, its moment and its session, in the instant in which it is sent.
    package mutating func stamp(_ message: Message, at now: Instant) -> Envelope {
        self.lastNumber += 1
        return Envelope(
            sender: self.local,
            number: self.lastNumber,
            moment: self.moment(at: now),
            processID: self.session?.processID ?? 0,
            message: message.completed(uptime: self.birth.duration(to: now), isFull: self.isFull)
        )
    }

    /// A stamped message was handed to the medium: its echo is awaited.
    package mutating func sent(_ envelope: Envelope, at now: Instant) {
        self.session?.proof.sent(envelope.number, madeAt: envelope.moment, at: now)
        switch envelope.message {
        case .roster(let roster): self.session?.turns.sent(roster, as: envelope.number)
        case .announce, .observe, .leave, .absent: break
        }
        self.reckonDeadline(at: now)
    }

    /// The medium has refused a stamped message, and taken nothing: its echo is not awaited, and the node has no proof
    /// that what it says is heard until the next one is.
    package mutating func refused(_ envelope: Envelope, at now: Instant) {
        self.session?.proof.refused(envelope.number, at: now)
        if case .roster = envelope.message { self.session?.turns.abandonAnswer() }
        self.reckonDeadline(at: now)
    }

    /// An answer could not be sent to its end: the next newcomer is answered as if it had been.
    package mutating func answerFailed(at now: Instant) {
        self.session?.turns.abandonAnswer()
        self.reckonDeadline(at: now)
    }

    /// The medium has taken a message, and said its time.
    package mutating func taken(
        _ envelope: Envelope,
        at moment: Moment,
        sentAt: Instant,
        at now: Instant
    ) -> [Action] {
        defer { self.reckonDeadline(at: now) }
        self.session?.proof.taken(envelope.number)
        let actions = self.learn(moment, askedAt: sentAt, at: now)
        // What was sent bears the wrong moment.
        return actions.isEmpty ? [] : actions + self.speakAgain(at: now)
    }

    mutating func learn(_ moment: Moment, askedAt: Instant, at now: Instant) -> [Action] {
        guard let step = self.session?.clock.learn(moment, askedAt: askedAt, at: now) else { return [] }
        self.session?.door.clockStepped(to: moment)
        self.table.shiftMoments(by: step)
        self.former.shiftMoments(by: step)
        let heldBack = self.session?.heldBack ?? []
        self.session?.heldBack = []
        // By the clock as it is they may be fresh.
        return heldBack.reduce(into: [.clockStepped(by: step)]) { actions, held in
            actions += self.received(
                held.envelope,
                processID: held.processID,
                isFromOutside: held.isFromOutside,
                at: now
            )
        }
    }

    /// What this node has sent was refused, or will be: it is said again, with the time as it is.
    mutating func speakAgain(at now: Instant) -> [Action] {
        self.speakOutOfTurn(after: .zero, pause: Self.shortestPause, at: now)
    }

    /// Announces this node out of turn, but once in a while, so that nobody can make it shout.
    ///
    /// What comes too soon after the last time is done when it is time, and not forgotten, for the node that has asked does not
    /// ask again.
    mutating func speakOutOfTurn(after delay: Duration, pause: Duration, at now: Instant) -> [Action] {
        var due = now.advanced(by: delay)
        if let last = self.lastOutOfTurn { due = max(due, last.advanced(by: pause)) }
        guard due > now else {
            self.lastOutOfTurn = now
            return self.announce(at: now)
        }
        self.outOfTurnDue = self.outOfTurnDue.map { min($0, due) } ?? due
        return []
    }

    mutating func announce(at now: Instant) -> [Action] {
        guard let session = self.session else { return [] }
        self.outOfTurnDue = nil
        let asksAgain = !self.medium.isReliable && !session.turns.wasAnswered
        if asksAgain, session.announcements < Self.furtherJoins {
            self.outOfTurnDue = now.advanced(by: Self.firstFurtherJoin.multiplied(by: 1 << session.announcements))
        }
        let isJoining =
            !session.turns.isSynchronised || (asksAgain && session.announcements <= Self.furtherJoins)
        self.session?.announcements += 1
        let interval = self.schedule.interval(forMembers: self.speakers)
        self.schedule.sent(at: now, members: self.speakers, using: &self.generator)
        if self.isObserver { return [.send(.observe(isJoining: isJoining))] }
        return [
            .send(
                .announce(
                    Announcement(
                        endpoint: self.localNode.endpoint,
                        timeToLive: self.configuration.timeToLive(at: interval),
                        isJoining: isJoining,
                        isShown: session.isShown,
                        metadata: self.localNode.metadata
                    )
                )
            )
        ]
    }
}

extension Message {
    /// The same message with what is true of the sender when it is sent.
    fileprivate func completed(uptime: Duration, isFull: Bool) -> Message {
        switch self {
        case .announce(var announcement):
            announcement.uptime = uptime
            return .announce(announcement)
        case .roster(var roster):
            roster.isFull = isFull
            return .roster(roster)
        case .observe, .leave, .absent:
            return self
        }
    }
}
