internal import ClusterFormation

/// What comes from the server, the clock and the child.
extension LeaderMachine {
    // MARK: The session

    /// A session is open that could hold a lock.
    mutating func sessionOpened(processID: Int32, at now: Instant) {
        guard self.wantsSession else { return }
        self.processID = processID
        self.state = .seeking(nextTry: now)
    }

    /// The session is gone, and with it the lock.
    mutating func sessionLost(at now: Instant) -> [Action] {
        switch self.state {
        case .away, .adrift:
            return []
        case .seeking, .claiming, .releasing:
            self.state = .away
            return []
        case .leading(let term):
            return self.abandon(term, because: .sessionLost, at: now)
        }
    }

    /// The server has answered a question that was sent at a moment.
    mutating func answered(_ answer: Answer, askedAt: Instant, at now: Instant) -> [Action] {
        // The timer may be late; what it would have done comes first, and an answer that it makes void is asked for again.
        let due = self.timerFired(at: now)
        guard due.isEmpty else { return due }
        switch answer {
        case .tried(let isGranted, let former):
            self.tried(isGranted, former, askedAt: askedAt, at: now)
            return []
        case .token(let token):
            guard case .claiming(var claim) = self.state else { return [] }
            (claim.token, claim.provenAt) = (token, askedAt)
            self.state = .claiming(claim)
            return []
        case .seen(let view):
            return self.seen(view, askedAt: askedAt, at: now)
        case .released(let isDone):
            guard case .releasing(var release) = self.state else { return [] }
            guard isDone else { return self.closeInPeace() }
            release.isDone = true
            release.nextLook = now.advanced(by: self.configuration.handoverInterval)
            self.state = .releasing(release)
            return []
        }
    }

    private mutating func tried(_ isGranted: Bool, _ former: Int32?, askedAt: Instant, at now: Instant) {
        // Otherwise this node is shutting down, and the session goes with whatever it holds.
        guard case .seeking = self.state else { return }
        guard isGranted else {
            let factor = Double.random(in: 0.5...1, using: &self.generator)
            self.state = .seeking(nextTry: now.advanced(by: self.configuration.retryInterval * factor))
            return
        }
        self.state = .claiming(
            Claim(
                provenAt: askedAt,
                nextLook: now,
                mayBeginAt: now.advanced(by: self.configuration.takeoverDelay),
                hasSeenMark: former != nil
            )
        )
    }

    private mutating func seen(_ view: View, askedAt: Instant, at now: Instant) -> [Action] {
        switch self.state {
        // The answer to a question from before.
        case .away, .seeking, .adrift:
            return []
        case .claiming(let claim):
            guard view.holder == self.processID else { return self.close(.lockLost) }
            return self.seen(view, with: claim, askedAt: askedAt, at: now)
        case .leading(var term):
            guard view.holder == self.processID else {
                return self.abandon(term, because: .lockLost, at: now)
            }
            term.provenAt = max(term.provenAt, askedAt)
            term.nextLook = max(now, askedAt.advanced(by: self.configuration.probeInterval))
            self.state = .leading(term)
            return []
        case .releasing(var release):
            guard release.isDone else { return [] }
            if let holder = view.holder, holder != self.processID {
                // It has the lock; by the next look it has also seen the mark.
                guard !release.hasSeenSuccessor else { return self.closeInPeace() }
                release.hasSeenSuccessor = true
            }
            release.nextLook = now.advanced(by: self.configuration.handoverInterval)
            self.state = .releasing(release)
            return []
        }
    }

    private mutating func seen(_ view: View, with claim: Claim, askedAt: Instant, at now: Instant) -> [Action] {
        var claim = claim
        claim.provenAt = askedAt
        let isMarked = view.former != nil
        if isMarked { claim.hasSeenMark = true }
        guard let token = claim.token, !isMarked, claim.hasSeenMark || now >= claim.mayBeginAt else {
            // The mark goes soon, unless its holder stands still.
            let isNear = isMarked && now < claim.mayBeginAt
            let interval = isNear ? self.configuration.handoverInterval : self.configuration.probeInterval
            claim.nextLook = now.advanced(by: interval)
            if now < claim.mayBeginAt { claim.nextLook = min(claim.nextLook, claim.mayBeginAt) }
            self.state = .claiming(claim)
            return []
        }
        let nextLook = max(now, askedAt.advanced(by: self.configuration.probeInterval))
        self.state = .leading(Term(provenAt: askedAt, nextLook: nextLook))
        return [.begin(token: token)]
    }

    // MARK: The clock

    mutating func timerFired(at now: Instant) -> [Action] {
        switch self.state {
        case .away, .seeking:
            return []
        case .claiming(let claim):
            return self.leaseEnd(provenAt: claim.provenAt) <= now ? self.close(.unproven) : []
        case .leading(let term):
            guard self.leaseEnd(provenAt: term.provenAt) > now else {
                return self.abandon(term, because: .unproven, at: now)
            }
            guard let stop = term.stop, stop.deadline <= now else { return [] }
            guard stop.isCancelled else { return self.cancelChild(of: term, at: now) }
            // The next holder has to wait for as long as after a crash: it is not told that this child has ended.
            self.state = .adrift(overdueAt: nil)
            return [.childOverdue, .end(.shutdown), .closeSession(nil)]
        case .releasing(let release):
            return release.until <= now ? self.closeInPeace() : []
        case .adrift(let overdueAt):
            guard let overdueAt, overdueAt <= now else { return [] }
            self.state = .adrift(overdueAt: nil)
            return [.childOverdue]
        }
    }

    // MARK: The child

    /// The child has returned or thrown.
    mutating func childEnded(hasFailed: Bool, at now: Instant) -> [Action] {
        switch self.state {
        case .away, .seeking, .claiming, .releasing:
            return []
        case .adrift:
            self.state = .away
            return []
        case .leading(let term):
            self.state = .releasing(
                Release(until: now.advanced(by: self.configuration.lingerTime), nextLook: now)
            )
            return [.end(term.stop != nil ? .shutdown : hasFailed ? .failed : .returned)]
        }
    }

    // MARK: Endings

    private mutating func abandon(_ term: Term, because reason: LeadershipEnd, at now: Instant) -> [Action] {
        self.state = .adrift(overdueAt: now.advanced(by: self.configuration.stopTime))
        var actions: [Action] = term.stop?.isCancelled == true ? [] : [.cancelChild]
        actions.append(.end(reason))
        switch reason {
        case .unproven: actions.append(.closeSession(.unproven))
        case .lockLost: actions.append(.closeSession(.lockLost))
        case .sessionLost, .returned, .failed, .shutdown: break
        }
        return actions
    }

    private mutating func close(_ fault: Fault) -> [Action] {
        self.state = .away
        return [.closeSession(fault)]
    }

    private mutating func closeInPeace() -> [Action] {
        self.state = .away
        return [.closeSession(nil)]
    }
}
