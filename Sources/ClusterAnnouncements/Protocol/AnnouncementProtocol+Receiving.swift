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
            var actions = self.heard(announcement, from: envelope, processID: processID, at: now)
            // The first in turn answers at once, without waiting for a timer.
            if announcement.isJoining { actions += self.takeRosterTurn(at: now) }
            return actions
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
            if departure.kind == .left { return [.dropped(.departed)] }
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
            processID: processID
        )
        guard self.isFresh(announcement, at: now) else {
            return self.heardCandidate(newcomer, isJoining: announcement.isJoining, at: now)
        }
        if self.requiresProof { self.candidates.remove(envelope.sender) }
        let actions = self.admit(newcomer, at: now)
        guard self.table.contains(envelope.sender) else { return actions }
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
        self.table.update(known.instance) { peer in
            peer.endpoint = announcement.endpoint
            peer.metadata = announcement.metadata
            peer.sequence = envelope.sequence
            peer.lastHeard = Nanoseconds(now)
            peer.timeToLive = timeToLive
            peer.isEstablished = peer.isEstablished || !peer.isHearsay
            peer.processID = processID
        }
        self.noteHeard(envelope, at: now)
        if announcement.isJoining { self.queueAnswer(to: envelope.sender, at: now) }
        var actions: [Action] = []
        if announcement.endpoint != known.endpoint { actions.append(.lost(known.node, .left)) }
        if announcement.endpoint != known.endpoint || announcement.metadata != known.metadata {
            let node = Node(
                endpoint: announcement.endpoint,
                instance: known.instance,
                metadata: announcement.metadata
            )
            actions.append(.found(node))
        }
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
        if let holder = self.table.peer(at: peer.endpoint) {
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
        self.table.insert(peer)
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
        return heard.duration(to: now) < max(.seconds(60), self.patience)
    }

    private mutating func noteHeard(_ envelope: Envelope, at now: Instant) {
        guard self.requiresProof else { return }
        let heard = Acknowledgement(sender: envelope.sender, sequence: envelope.sequence)
        self.recent.set(heard, to: now)
        self.lastHeardFromPeer = heard
    }

    // MARK: Leaving

    private mutating func heardLeave(from envelope: Envelope, processID: Int32, at now: Instant) -> [Action] {
        self.candidates.remove(envelope.sender)
        guard let peer = self.table[envelope.sender] else { return [.dropped(.unknownSender)] }
        if let drop = self.doubt(envelope, of: peer, processID: processID) { return [.dropped(drop)] }
        self.table.remove(peer.instance)
        // Without a key anybody can say goodbye for whom this node has not heard yet: its own voice brings it back.
        let isCertain = self.requiresProof || !peer.isHearsay
        self.noteDeparture(of: peer, kind: isCertain ? .left : .silent, at: now)
        return [.lost(peer.node, .left)]
    }

    /// Why a message that only its own sender may send is not believed, if so.
    private func doubt(_ envelope: Envelope, of peer: PeerTable.Peer, processID: Int32) -> DropReason? {
        if self.requiresProof { return envelope.sequence > peer.sequence ? nil : .replayed }
        // Whom one knows by hearsay alone, one has not heard from any session yet; and who was not heard since this node's
        // own session began may have a new one, too.
        let hasUnknownSession = peer.isHearsay || self.session.map { peer.lastHeard.instant < $0.openedAt } ?? true
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
        guard let session = self.session, mention.sequence >= session.lastAcknowledgement,
            self.reassuranceDue == nil, self.mayReassure(after: self.slot.multiplied(by: 2), at: now)
        else {
            return []
        }
        guard isCrowd else { return [self.announce(at: now)] }
        self.reassuranceDue = now.advanced(by: self.slot)
        return []
    }

    /// With a key: of nodes that start together the first is unknown to whoever answers, and takes the answer for a
    /// recording.
    ///
    /// If it names those who wait, this node announces itself again, but seldom: it may be a recording.
    private mutating func overhear(_ roster: Roster, at now: Instant) {
        guard self.reassuranceDue == nil, roster.entries.contains(where: { self.roster.missesLocal($0.instance) }),
            self.mayReassure(after: self.configuration.heartbeatInterval, at: now)
        else {
            return
        }
        self.reassuranceDue = now.advanced(by: self.slot)
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
                processID: 0
            ),
            at: now
        )
        return actions
    }

    /// Whether this node may announce itself out of turn: once in a while, so that nobody can make it shout.
    mutating func mayReassure(after pause: Duration, at now: Instant) -> Bool {
        if let last = self.lastReassurance, now < last.advanced(by: pause) { return false }
        self.lastReassurance = now
        return true
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
    mutating func suspect(_ instances: [InstanceID], at now: Instant) -> [Action] {
        var actions: [Action] = []
        for instance in instances {
            if instance == self.local {
                let pause = self.configuration.heartbeatInterval
                if self.mayReassure(after: pause, at: now) { actions.append(self.announce(at: now)) }
                continue
            }
            guard let peer = self.table[instance], peer.silence(at: now) > PresenceWatch.recheck else { continue }
            self.table.remove(instance)
            self.noteDeparture(of: peer, kind: .silent, at: now)
            actions.append(.lost(peer.node, .sessionEnded))
        }
        return actions
    }
}
