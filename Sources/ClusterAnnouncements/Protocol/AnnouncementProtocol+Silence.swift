internal import ClusterFormation

extension AnnouncementProtocol {
    /// What was said in a long silence was missed: from now on everybody has its time again.
    mutating func noteGrace(at now: Instant) {
        guard !self.isProven(at: now), let session = self.session else { return }
        // Since a session began to listen all was heard.
        self.graceStart = session.proof.lastEcho == nil ? session.openedAt : now
    }

    /// When somebody may have been silent for too long.
    func expiryDue(_ session: Session) -> Instant? {
        // Whether the channel works is known when the answer, or the echo, is here.
        session.proof.isSettled ? self.table.nextExpiry : nil
    }

    /// Gives up peers that were silent for too long, if the channel has worked since that became so: otherwise it is asked
    /// first whether it works, for the silence may be this node's own.
    mutating func expire(at now: Instant) -> [Action] {
        var actions: [Action] = []
        // Each departure may make others overdue, since a smaller cluster expects to hear each member sooner.
        while let session = self.session, let due = self.expiryDue(session), due <= now {
            guard self.isProven(at: now) else { return actions + self.probe(at: now) }
            let (graceStart, shortest) = (self.graceStart, self.currentBelief())
            let again = now.advanced(by: self.configuration.heartbeatInterval.halved)
            let (expired, isUncertain, isOutOfReach) = self.table.removeExpired(
                at: now,
                provenAt: session.proof.lastEvidence,
                outside: self.medium.echoProvesReach ? nil : (session.reach.lastHeard, again)
            ) {
                $0.expiry(graceStart: graceStart, shortest: shortest)
            }
            if isOutOfReach { actions += self.noteCutOff(at: now) }
            for peer in expired { self.noteDeparture(of: peer, .silent, at: now) }
            actions += expired.map { .lost($0.node, .expired) }
            if isUncertain { return actions + self.probe(at: now) }
            if expired.isEmpty { break }
        }
        return actions
    }

    /// Another machine was heard.
    ///
    /// What was said in a long silence was missed, as where the node's own channel was not proven.
    mutating func noteReach(at now: Instant) -> [Action] {
        guard !self.medium.echoProvesReach,
            let (silence, wasCutOff) = self.session?.reach.heard(at: now)
        else { return [] }
        if silence > self.configuration.echoDeadline { self.graceStart = now }
        return wasCutOff ? [.reached] : []
    }

    /// Peers of other machines are overdue, and none of those machines was heard since.
    ///
    /// It is said when all of them are overdue, and not some.
    private mutating func noteCutOff(at now: Instant) -> [Action] {
        guard let lastHeard = self.session?.reach.lastHeard else { return [] }
        let patience = self.configuration.timeToLive(at: self.currentInterval)
        guard self.session?.reach.isCutOff(after: patience, at: now) == true else { return [] }
        return [.cutOff(for: lastHeard.duration(to: now))]
    }

    /// For how long every peer is believed at least: it stretches its heartbeat when the cluster grows, after it has
    /// said how long to believe it.
    var shortestBelief: Duration {
        let interval = self.currentInterval
        return interval > self.configuration.heartbeatInterval ? self.configuration.timeToLive(at: interval) : .zero
    }

    /// For how long every peer is believed at least, to be reckoned with in the table's queue.
    mutating func currentBelief() -> Duration {
        let belief = self.shortestBelief
        self.queuedBelief = max(self.queuedBelief, belief)
        return belief
    }

    mutating func noteDeparture(of peer: Peer, _ kind: FormerPeers.Farewell.Kind, at now: Instant) {
        self.former.insert(peer, kind)
        self.schedule.shrink(toMembers: self.speakers, at: now)
        self.session?.turns.forget(peer.instance)
        self.shortenBelief()
    }

    /// A cluster that has shrunk expects to hear each of the rest sooner.
    ///
    /// A pass over all peers, but one for each time that the cluster has lost about a third of its members.
    private mutating func shortenBelief() {
        let belief = self.shortestBelief
        guard belief < self.queuedBelief.halved else { return }
        self.queuedBelief = belief
        let graceStart = self.graceStart
        self.table.requeueExpiries { peer in peer.expiry(graceStart: graceStart, shortest: belief) }
    }
}
