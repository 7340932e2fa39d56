package import ClusterFormation

extension AnnouncementProtocol {
    /// A message was heard, from the session that the server names.
    package mutating func received(_ envelope: Envelope, processID: Int32, at now: Instant) -> [Action] {
        self.excuseOwnAbsence(at: now)
        guard self.session != nil else { return [] }
        guard envelope.sender != self.local else {
            return self.heardOwn(envelope, processID: processID, at: now)
        }
        self.noteEvidence(at: now)
        switch envelope.message {
        case .announce(let announcement):
            let actions = self.heard(announcement, from: envelope, processID: processID, at: now)
            guard announcement.isJoining else { return actions }
            // The first in turn answers at once, without waiting for a timer.
            let answer = self.takeRosterTurn(at: now)
            return answer.isEmpty ? actions : actions + answer
        case .leave:
            return self.heardLeave(from: envelope, processID: processID, at: now)
        case .roster(let roster):
            return self.heard(roster, from: envelope, processID: processID, at: now)
        case .absent(let instances):
            return self.heardAbsent(instances, from: envelope, processID: processID, at: now)
        }
    }

    // MARK: Announcements

    private mutating func heard(
        _ announcement: Announcement,
        from envelope: Envelope,
        processID: Int32,
        at now: Instant
    ) -> [Action] {
        let birth = now.advanced(by: .zero - announcement.uptime)
        if let known = self.table[envelope.sender] {
            return self.heardAgain(announcement, from: envelope, known: known, processID: processID, at: now)
        }
        if let departure = self.departed[envelope.sender] {
            if departure.kind == .left, self.requiresProof || departure.processID == processID {
                return [.dropped(.departed)]
            }
            if self.requiresProof, envelope.sequence <= departure.sequence { return [.dropped(.replayed)] }
        }
        let newcomer = PeerTable.Peer(
            instance: envelope.sender,
            endpoint: announcement.endpoint,
            metadata: announcement.metadata,
            sequence: envelope.sequence,
            birth: birth,
            lastHeard: now,
            timeToLive: self.clamp(announcement.timeToLive),
            processID: processID,
            isShown: announcement.showsPresence
        )
        guard self.isFresh(announcement, at: now) else {
            return self.heardCandidate(newcomer, isJoining: announcement.isJoining, at: now)
        }
        if self.requiresProof { self.candidates.remove(envelope.sender) }
        let actions = self.admit(newcomer, at: now)
        guard case .found = actions.last else { return actions }
        self.noteHeard(envelope, at: now)
        if announcement.isJoining { self.queueAnswer(to: envelope.sender, at: now) }
        return actions
    }

    private mutating func heardAgain(
        _ announcement: Announcement,
        from envelope: Envelope,
        known: PeerTable.Peer,
        processID: Int32,
        at now: Instant
    ) -> [Action] {
        // Without a key a number proves nothing: a forged high one must not silence a node for ever. PostgreSQL keeps the
        // order, so the numbers are not needed for that either.
        guard !self.requiresProof || envelope.sequence > known.sequence else { return [.dropped(.replayed)] }
        if known.processID != processID,
            self.table.instances(inSession: processID) >= self.configuration.maximumInstancesPerSession
        {
            return [.dropped(.crowdedSession)]
        }
        if announcement.endpoint != known.endpoint {
            guard announcement.endpoint != self.localNode.endpoint,
                self.table.peer(at: announcement.endpoint) == nil
            else {
                return [.dropped(.endpointConflict)] + self.reportConflict(at: announcement.endpoint)
            }
        }
        let timeToLive = self.clamp(announcement.timeToLive)
        let hasMoved = !known.isHearsay && known.processID != processID && !self.isFromBefore(known)
        self.table.update(known.instance) { peer in
            peer.endpoint = announcement.endpoint
            peer.metadata = announcement.metadata
            peer.sequence = envelope.sequence
            peer.lastHeard = Nanoseconds(now)
            peer.timeToLive = timeToLive
            peer.isEstablished = peer.isEstablished || !peer.isHearsay
            peer.hasMoved = peer.hasMoved || hasMoved
            peer.processID = processID
            peer.isShown = announcement.showsPresence
        }
        self.noteHeard(envelope, at: now)
        if announcement.isJoining { self.queueAnswer(to: envelope.sender, at: now) }
        var actions: [Action] = []
        if announcement.endpoint != known.endpoint { actions.append(.lost(known.node, .left)) }
        let node = Node(endpoint: announcement.endpoint, instance: known.instance, metadata: announcement.metadata)
        let isNews = announcement.endpoint != known.endpoint || announcement.metadata != known.metadata
        actions.append(isNews ? .found(node) : .heardAgain(node))
        return actions
    }

    /// With a key: somebody who may be a recording.
    ///
    /// It gets an answer, and is taken up when it answers that.
    private mutating func heardCandidate(_ candidate: PeerTable.Peer, isJoining: Bool, at now: Instant) -> [Action] {
        if let earlier = self.candidates[candidate.instance], earlier.sequence >= candidate.sequence {
            return [.dropped(.replayed)]
        }
        self.candidates.insert(candidate)
        self.candidateSweep = self.candidateSweep ?? now.advanced(by: self.candidateLifetime)
        self.queueAnswer(to: candidate.instance, at: now)
        return [.dropped(.unproven)]
    }

    /// Takes up somebody new, if there is a place, and if no younger instance has its endpoint.
    private mutating func admit(_ peer: PeerTable.Peer, at now: Instant) -> [Action] {
        if peer.processID != 0,
            self.table.instances(inSession: peer.processID) >= self.configuration.maximumInstancesPerSession
        {
            return [.dropped(.crowdedSession)]
        }
        if peer.endpoint == self.localNode.endpoint {
            // Hearsay about the life before this one is not a conflict; a voice is.
            return [.dropped(.endpointConflict)] + (peer.isHearsay ? [] : self.reportConflict(at: peer.endpoint))
        }
        var actions: [Action] = []
        let place = self.table.place(of: peer.endpoint)
        if let holder = self.table.peer(at: place) {
            guard !peer.isHearsay else { return [] }
            let wasReplaced = self.departed[peer.instance]?.kind == .replaced
            guard peer.birth > holder.birth, !wasReplaced else {
                return [.dropped(.endpointConflict)] + self.reportConflict(at: peer.endpoint)
            }
            self.table.remove(holder.instance)
            self.noteDeparture(of: holder, kind: .replaced, at: now)
        } else if self.table.count >= self.configuration.maximumPeers {
            // Hearsay makes nobody go.
            guard !peer.isHearsay, let instance = self.table.evictable, let evicted = self.table.remove(instance) else {
                return [.dropped(.tableFull)]
            }
            self.noteDeparture(of: evicted, kind: .silent, at: now)
            actions.append(.lost(evicted.node, .evicted))
        }
        let expected = self.expectedMembers
        self.table.insert(peer, at: place, believedFor: self.currentBelief())
        // With a key: strangers that it was reckoned with may have been recordings.
        if self.expectedMembers < expected { self.schedule.shrink(toMembers: self.expectedMembers, at: now) }
        if self.departed.count > 0 { self.departed.remove(peer.instance) }
        actions.append(.found(peer.node))
        return actions
    }

    private mutating func reportConflict(at endpoint: Endpoint) -> [Action] {
        let isLocal = endpoint == self.localNode.endpoint
        return self.conflicts.isNew(at: endpoint, isLocal: isLocal)
            ? [.endpointConflict(endpoint, isLocal: isLocal)] : []
    }

    private func clamp(_ timeToLive: Duration) -> Duration {
        min(
            max(timeToLive, AnnouncementConfiguration.shortestTimeToLive),
            AnnouncementConfiguration.longestTimeToLive
        )
    }

    // MARK: Proof of life

    /// Whether an announcement was made just now, and is no recording: it names a message that was sent just now.
    private func isFresh(_ announcement: Announcement, at now: Instant) -> Bool {
        guard self.requiresProof else { return true }
        guard let named = announcement.acknowledgement, let heard = self.recent[named] else { return false }
        return heard.duration(to: now) < self.candidateLifetime
    }

    /// With a key: for how long a stranger may take to show that it lives.
    private var candidateLifetime: Duration { max(.seconds(60), self.patience) }

    /// With a key: forgets the strangers that have not shown that they live.
    mutating func sweepCandidates(at now: Instant) {
        guard let due = self.candidateSweep, due <= now else { return }
        let lifetime = self.candidateLifetime
        let expected = self.expectedMembers
        self.candidates.removeAll { $0.silence(at: now) >= lifetime }
        self.candidateSweep = self.candidates.count > 0 ? now.advanced(by: lifetime) : nil
        if self.expectedMembers < expected { self.schedule.shrink(toMembers: self.expectedMembers, at: now) }
    }

    private mutating func noteHeard(_ envelope: Envelope, at now: Instant) {
        guard self.requiresProof else { return }
        let heard = Acknowledgement(sender: envelope.sender, sequence: envelope.sequence)
        self.recent.set(heard, to: now)
        self.lastHeardFromPeer = heard
    }

    // MARK: Leaving

    private mutating func heardLeave(from envelope: Envelope, processID: Int32, at now: Instant) -> [Action] {
        guard let peer = self.table[envelope.sender] else {
            // With a key the goodbye is the stranger's own, and a recording of its life may come again.
            if let candidate = self.candidates[envelope.sender], envelope.sequence > candidate.sequence {
                self.candidates.remove(envelope.sender)
                self.noteDeparture(of: candidate, kind: .left, at: now)
            }
            return [.dropped(.unknownSender)]
        }
        if let drop = self.doubt(envelope, of: peer, processID: processID) { return [.dropped(drop)] }
        self.table.remove(peer.instance)
        // Without a key anybody can say goodbye for whom this node has not heard from one session all along: its own voice
        // brings it back. And whoever has spoken for it before may be a stranger: then it is no more than a suspicion.
        let isImpostorPossible = !self.requiresProof && peer.hasMoved
        let isCertain = self.requiresProof || (peer.processID == processID && !peer.hasMoved)
        self.noteDeparture(of: peer, kind: isCertain ? .left : .silent, at: now)
        return [.lost(peer.node, isImpostorPossible ? .sessionEnded : .left)]
    }

    /// Whether a peer was heard last before this node's own session began: it may have a new one, too.
    private func isFromBefore(_ peer: PeerTable.Peer) -> Bool {
        self.session.map { peer.lastHeard.instant < $0.openedAt } ?? true
    }

    /// Why a message that only its own sender may send is not believed, if so.
    private func doubt(_ envelope: Envelope, of peer: PeerTable.Peer, processID: Int32) -> DropReason? {
        if self.requiresProof { return envelope.sequence > peer.sequence ? nil : .replayed }
        // Whom one knows by hearsay alone, one has not heard from any session yet.
        let hasUnknownSession = peer.isHearsay || self.isFromBefore(peer)
        return hasUnknownSession || peer.processID == processID ? nil : .impostor
    }

    // MARK: Rosters

    private mutating func heard(
        _ roster: Roster,
        from envelope: Envelope,
        processID: Int32,
        at now: Instant
    ) -> [Action] {
        let mention = roster.entries.first { $0.instance == self.local }
        if let sender = self.table[envelope.sender] {
            if let drop = self.doubt(envelope, of: sender, processID: processID) { return [.dropped(drop)] }
            self.table.update(sender.instance) { $0.sequence = max($0.sequence, envelope.sequence) }
        } else if self.requiresProof, !self.isOfThisSession(mention) {
            // A recording can't name what this node has said on this session.
            self.overhear(roster, at: now)
            return [.dropped(.unproven)]
        } else if self.departed[envelope.sender].map({ $0.kind == .left || envelope.sequence <= $0.sequence }) ?? false
        {
            return [.dropped(.departed)]
        }
        var actions: [Action] = []
        for entry in roster.entries where entry.instance != self.local && !self.table.contains(entry.instance) {
            actions += self.heardHearsay(entry, now: now)
        }
        self.roster.heard(
            roster.entries.lazy.map(\.instance),
            namesLocal: mention != nil,
            from: envelope.sender,
            messages: self.rosterMessages,
            slot: self.slot,
            at: now
        )
        self.noteHeard(envelope, at: now)
        if let mention, mention.isProven { self.session?.isSynchronised = true }
        if let mention, !mention.isProven {
            let isCrowd = roster.entries.prefix { !$0.isProven || $0.instance == envelope.sender }.count > 8
            actions += self.answer(mention, isCrowd: isCrowd, at: now)
        }
        return actions
    }

    /// With a key: the members have heard a voice; naming a message of theirs shows that it is alive.
    ///
    /// Who is one of many names the last message of the roster, which all of them have heard.
    private mutating func answer(_ mention: Roster.Entry, isCrowd: Bool, at now: Instant) -> [Action] {
        // Whoever wrote this had not yet heard that this node has answered.
        guard let session = self.session, mention.sequence >= session.lastAcknowledgement else { return [] }
        let isDue = self.reassure(after: isCrowd ? self.slot : .zero, pause: self.slot.multiplied(by: 2), at: now)
        return isDue ? [self.announce(at: now)] : []
    }

    /// With a key: of nodes that start together the first is unknown to whoever answers, and takes the answer for a
    /// recording.
    ///
    /// If it names those who wait, this node announces itself again, but seldom: it may be a recording.
    private mutating func overhear(_ roster: Roster, at now: Instant) {
        guard roster.entries.contains(where: { self.roster.missesLocal($0.instance) }) else { return }
        _ = self.reassure(after: self.slot, pause: self.configuration.heartbeatInterval, at: now)
    }

    private func isOfThisSession(_ mention: Roster.Entry?) -> Bool {
        guard let mention, let session = self.session else { return false }
        return mention.sequence >= session.firstSequence
    }

    /// Hearsay introduces a peer.
    ///
    /// It keeps nobody alive, removes nobody, and never outlives what its teller knew.
    private mutating func heardHearsay(_ entry: Roster.Entry, now: Instant) -> [Action] {
        guard entry.isProven, self.departed[entry.instance] == nil else { return [] }
        if self.requiresProof { self.candidates.remove(entry.instance) }
        let actions = self.admit(
            PeerTable.Peer(
                instance: entry.instance,
                endpoint: entry.endpoint,
                metadata: entry.metadata,
                sequence: entry.sequence,
                birth: now.advanced(by: .zero - entry.uptime),
                lastHeard: now,
                timeToLive: self.clamp(entry.remaining),
                processID: 0,
                isShown: entry.showsPresence
            ),
            at: now
        )
        return actions
    }

    /// Announces this node out of turn, but once in a while, so that nobody can make it shout: what comes too soon after the
    /// last time is done when it is time, and not forgotten, for whoever has asked does not ask again.
    ///
    /// - Returns: Whether that is now.
    private mutating func reassure(after delay: Duration, pause: Duration, at now: Instant) -> Bool {
        var due = now.advanced(by: delay)
        if let last = self.lastReassurance { due = max(due, last.advanced(by: pause)) }
        guard due > now else {
            self.lastReassurance = now
            return true
        }
        self.reassuranceDue = self.reassuranceDue.map { min($0, due) } ?? due
        return false
    }

    // MARK: Absence

    private mutating func heardAbsent(
        _ instances: [InstanceID],
        from envelope: Envelope,
        processID: Int32,
        at now: Instant
    ) -> [Action] {
        guard let sender = self.table[envelope.sender], !sender.isHearsay else { return [.dropped(.unknownSender)] }
        if let drop = self.doubt(envelope, of: sender, processID: processID) { return [.dropped(drop)] }
        self.table.update(sender.instance) { $0.sequence = max($0.sequence, envelope.sequence) }
        self.noteHeard(envelope, at: now)
        return self.suspect(instances, at: now)
    }

    /// Gives up whose session is gone, unless they were heard since; and speaks up if it is said of this node.
    ///
    /// Nobody is given up whose session is not shown at all, nor while this node has no proof of its own channel.
    mutating func suspect(_ instances: [InstanceID], at now: Instant) -> [Action] {
        var actions: [Action] = []
        let mayAccuse = self.isProven(at: now)
        for instance in instances {
            if instance == self.local {
                actions += self.contradict(at: now)
                continue
            }
            guard mayAccuse, let peer = self.table[instance], peer.isShown,
                peer.silence(at: now) > PresenceWatch.recheck, !self.mayBeReturning(peer, at: now)
            else { continue }
            self.table.remove(instance)
            self.noteDeparture(of: peer, kind: .silent, at: now)
            actions.append(.lost(peer.node, .sessionEnded))
        }
        return actions
    }

    /// Somebody says that this node is gone.
    ///
    /// Without a key that may be anybody, who names everybody in a few messages: then it costs one announcement in an
    /// interval, and not all at the same time.
    private mutating func contradict(at now: Instant) -> [Action] {
        var (delay, pause) = (Duration.zero, self.configuration.heartbeatInterval)
        if !self.requiresProof {
            pause = self.currentInterval
            let spread = min(.milliseconds(10 * self.members), pause.divided(by: 4))
            delay = spread * Double.random(in: 0...1, using: &self.generator)
        }
        return self.reassure(after: delay, pause: pause, at: now) ? [self.announce(at: now)] : []
    }
}
