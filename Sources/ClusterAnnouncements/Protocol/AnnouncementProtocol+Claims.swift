internal import ClusterFormation

extension AnnouncementProtocol {
    /// A younger instance claims a peer's endpoint: the medium is asked whether the peer's session is gone.
    mutating func holdClaim(of newcomer: Peer, isJoining: Bool, at now: Instant) -> [Action] {
        guard self.session?.claims.hold(newcomer, isJoining: isJoining, at: now) == true else {
            return [.dropped(.endpointConflict)]
        }
        return self.askAboutClaims(at: now)
    }

    /// When the medium is to be asked about claims; nil while it is asked already.
    func claimsDue(_ session: Session) -> Instant? {
        session.presence.askedAt == nil ? session.claims.due(members: self.members) : nil
    }

    mutating func askAboutClaims(at now: Instant) -> [Action] {
        guard let session = self.session, let due = self.claimsDue(session), due <= now else { return [] }
        self.session?.presence.lookForClaims(moment: session.clock.moment(at: now))
        self.session?.claims.asked(at: now)
        return [.inspectPresence]
    }

    /// The medium has shown its sessions, or can't: then a claim counts for what it says.
    mutating func judgeClaims(by present: Set<PresentSession>?, at now: Instant) -> [Action] {
        var actions: [Action] = []
        for claim in self.session?.claims.takeAsked() ?? [] {
            let newcomer = claim.newcomer
            if let present, let holder = self.table.peer(at: newcomer.endpoint), self.lives(holder, by: present) {
                if self.session?.claims.keep(claim, at: now) == true { continue }
                actions += [.dropped(.endpointConflict), .endpointConflict(newcomer.endpoint)]
                continue
            }
            guard !self.table.contains(newcomer.instance), newcomer.believedUntil(shortest: self.shortestBelief) > now
            else { continue }
            let admitted = self.admit(newcomer, isJoining: claim.isJoining, isClear: true, at: now)
            actions += admitted
        }
        return actions
    }

    /// Whether the medium shows a peer's session, be it one that somebody else has spoken for it from since.
    private func lives(_ holder: Peer, by present: Set<PresentSession>) -> Bool {
        let key = PresenceKey.instance(holder.instance)
        // With a new session of this node's own the peer may have one, too.
        guard !self.isFromBefore(holder) else { return present.contains { $0.instance == key } }
        return [holder.processID, holder.homeProcessID].contains {
            present.contains(PresentSession(instance: key, processID: $0))
        }
    }
}
