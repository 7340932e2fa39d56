package import ClusterFormation

extension AnnouncementProtocol {
    /// The first own message has come back: from now on this node looks for dead sessions in its turn.
    mutating func planPresence(at now: Instant) {
        guard let session = self.session else { return }
        let interval = self.configuration.heartbeatInterval
        let due = now.advanced(by: interval * Double.random(in: 1...2, using: &self.generator))
        guard session.isReturn else {
            self.session?.presence.begin(at: due, ownLook: nil)
            return
        }
        let spread = PresenceWatch.spreadPerMember.multiplied(by: self.members)
        let wait = self.returnTime + spread * Double.random(in: 0...1, using: &self.generator)
        self.session?.presence.begin(at: due, ownLook: session.openedAt.advanced(by: wait))
    }

    private var returnTime: Duration { PresenceWatch.returnTime(echoDeadline: self.configuration.echoDeadline) }

    /// Asks for a look when it is this node's turn.
    mutating func takePresenceTurn(at now: Instant) -> [Action] {
        guard let session = self.session, let due = session.presence.due, due <= now else { return [] }
        // One that the medium does not show asks whether it does by now.
        let isTurn =
            !session.isShown || self.rank < PresenceWatch.regularLookers
            || Double.random(in: 0..<1, using: &self.generator) * Double(self.members) < 1
        var presence = session.presence
        let looks = presence.takeTurn(
            isTurn: isTurn && self.table.count > 0 && self.isProven(at: now),
            interval: self.configuration.heartbeatInterval,
            moment: session.clock.moment(at: now),
            at: now
        )
        self.session?.presence = presence
        if looks { self.session?.claims.asked(at: now) }
        return looks ? [.inspectPresence] : []
    }

    /// The sessions that the medium shows, or nil where it can't tell; and whether it shows this node's own from now on.
    package mutating func presence(
        _ present: Set<PresentSession>?,
        isShown: Bool? = nil,
        at now: Instant
    ) -> [Action] {
        defer { self.reckonDeadline(at: now) }
        guard let seenAt = self.session?.presence.askedAt else { return [] }
        if isShown == true, self.session?.isShown == false {
            // The others hear of it with the next heartbeat.
            self.session?.isShown = true
        }
        var unseen: [Action] = []
        if let present { unseen = self.noteSightings(present, seenAt: seenAt, at: now) }
        var missing: [InstanceID]?
        if let present, self.isProven(at: now) {
            // A pass over all peers, but once a heartbeat and on two nodes, not for a message.
            missing = self.table.all.filter { peer in
                self.isSuspect(peer, seenAt: seenAt, at: now) && !present.contains(PresentSession(of: peer))
            }.map(\.instance)
        }
        let confirmed = self.session?.presence.looked(missing, at: now) ?? []
        var actions = unseen
        for start in stride(from: 0, to: confirmed.count, by: Self.absentPerMessage) {
            let chunk = Array(confirmed[start..<min(start + Self.absentPerMessage, confirmed.count)])
            actions.append(.send(.absent(Absence(instances: chunk, seenAt: seenAt))))
        }
        actions += self.suspect(Absence(instances: confirmed, seenAt: seenAt), at: now)
        return actions + self.judgeClaims(by: present, at: now)
    }

    /// For how long hearsay is kept that neither its own word nor the medium confirms.
    static let longestHearsay = Duration.seconds(60)

    /// A newcomer is looked for in the medium's list within a while: what it says of its session is only its word.
    mutating func lookForNewcomer(at now: Instant) {
        guard let session = self.session, session.isShown else { return }
        let spread = PresenceWatch.spreadPerMember.multiplied(by: self.members)
        self.session?.presence.look(by: now.advanced(by: Self.longestHearsay + spread * session.turns.place))
    }

    /// Writes down which peers the medium shows, and gives up hearsay that it has not shown for long enough.
    ///
    /// A list that lacks this node's own session says nothing.
    private mutating func noteSightings(_ present: Set<PresentSession>, seenAt: Moment, at now: Instant) -> [Action] {
        guard let session = self.session, present.contains(session.shown(as: self.local)) else { return [] }
        var unconfirmed: [Peer] = []
        for peer in self.table.all {
            let isThere = present.contains(PresentSession(of: peer))
            let home = PresentSession(instance: PresenceKey.instance(peer.instance), processID: peer.homeProcessID)
            let hasMoved = isThere && peer.homeProcessID != peer.processID && !present.contains(home)
            let sighting: Peer.Sighting = isThere ? .shown : peer.moment < seenAt ? .unshown : peer.sighting
            if peer.standing == .hearsay, sighting == .unshown { unconfirmed.append(peer) }
            guard hasMoved || sighting != peer.sighting else { continue }
            self.table.update(peer.instance) { changed in
                changed.sighting = sighting
                if hasMoved { changed.homeProcessID = changed.processID }
            }
        }
        self.schedule.shrink(toMembers: self.speakers, at: now)
        guard self.isProven(at: now) else { return [] }
        var actions: [Action] = []
        for peer in unconfirmed {
            let end = peer.knownSince.advanced(by: Self.longestHearsay)
            guard end <= now else {
                self.session?.presence.look(by: end)
                continue
            }
            self.table.remove(peer.instance)
            self.noteDeparture(of: peer, .silent, at: now)
            actions.append(.lost(peer.node, .expired))
        }
        return actions
    }

    /// Gives up peers whose sessions are gone, unless they were heard since; and speaks up if it is said of this node.
    mutating func suspect(_ absence: Absence, at now: Instant) -> [Action] {
        var actions: [Action] = []
        let mayAccuse = self.isProven(at: now)
        for instance in absence.instances {
            if instance == self.local {
                actions += self.contradict(at: now)
                continue
            }
            guard mayAccuse, let peer = self.table[instance], self.isSuspect(peer, seenAt: absence.seenAt, at: now)
            else { continue }
            self.table.remove(instance)
            self.noteDeparture(of: peer, .silent, at: now)
            actions.append(.lost(peer.node, .sessionEnded))
        }
        return actions
    }

    /// Whether a peer that the medium did not show at a moment may be taken for gone: it is shown otherwise, was last heard
    /// before, and is not on its way back from where this node has just come from itself.
    private func isSuspect(_ peer: Peer, seenAt moment: Moment, at now: Instant) -> Bool {
        guard peer.isShown, peer.moment < moment, let session = self.session else { return false }
        // Since when this node hears: before that the peers' new sessions were missed.
        let hearsSince = max(session.openedAt, self.graceStart)
        let mayBeReturning =
            peer.believedFrom < hearsSince && now < hearsSince.advanced(by: self.returnTime)
        return !mayBeReturning
    }

    /// Somebody says that this node is gone.
    ///
    /// Without a key that may be anybody, who names everybody in a few messages: it costs one announcement in an interval,
    /// and not all at the same time.
    private mutating func contradict(at now: Instant) -> [Action] {
        let pause = self.currentInterval
        let spread = min(PresenceWatch.spreadPerMember.multiplied(by: self.members), pause * 0.25)
        let delay = spread * Double.random(in: 0...1, using: &self.generator)
        return self.speakOutOfTurn(after: delay, pause: pause, at: now)
    }

    /// 128 ids of 35 bytes each, sealed or not, stay well below the payload's limit.
    private static var absentPerMessage: Int { 128 }
}

extension AnnouncementProtocol.Session {
    /// How the medium shows it, as the session of the local node.
    fileprivate func shown(as local: InstanceID) -> PresentSession {
        PresentSession(instance: PresenceKey.instance(local), processID: self.processID)
    }
}

extension PresentSession {
    /// The session that a peer was heard from last.
    fileprivate init(of peer: Peer) {
        self.init(instance: PresenceKey.instance(peer.instance), processID: peer.processID)
    }
}
