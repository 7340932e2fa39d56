package import ClusterFormation

extension AnnouncementProtocol {
    /// A message was heard, from the session that the medium names, and from another machine or this one.
    package mutating func received(
        _ envelope: Envelope,
        processID: Int32,
        isFromOutside: Bool = true,
        at now: Instant
    ) -> [Action] {
        self.excuseAbsence(at: now)
        defer { self.reckonDeadline(at: now) }
        guard let session = self.session else { return [] }
        let latest = session.clock.moment(at: now)
        switch self.session?.door.judge(envelope, processID: processID, notAfter: latest) {
        case .fresh(let age)?:
            let envelope = self.medium.hasClock ? envelope : envelope.toldBy(clockAt: latest)
            self.session?.turns.noteMessage()
            guard envelope.sender != self.local else { return self.heardOwn(envelope, at: now) }
            self.noteGrace(at: now)
            self.session?.proof.heard(after: envelope.moment.duration(to: latest), at: now)
            let moment = min(envelope.moment, latest)
            let heard = Heard(envelope, at: moment, age: age, isFromOutside: isFromOutside, now: now)
            let clocks = self.noteClock(isStrange: false, differingBy: .zero)
            let actions = clocks + self.heard(heard)
            // What somebody repeats shows that somebody is there, and not that the others are.
            let isNews = !actions.contains { if case .dropped = $0 { true } else { false } }
            return actions + (isFromOutside && isNews ? self.noteReach(at: now) : []) + self.takeRosterTurn(at: now)
        case .stale?:
            let held = (envelope: envelope, processID: processID, isFromOutside: isFromOutside)
            // The clock is looked at first: if it was this node's that has stepped, the message is heard then.
            let difference = envelope.moment.duration(to: latest)
            return [.dropped(.stale)] + self.noteStale(held, at: now)
                + self.noteClock(isStrange: true, differingBy: difference)
        case .foreignSession?, nil:
            return [.dropped(.foreignSession)]
        }
    }

    /// What came through the door.
    struct Heard {
        let sender: InstanceID
        let number: UInt64
        let processID: Int32
        let message: Message
        /// When it was made; no later than it was heard, whatever it claims.
        let moment: Moment
        /// For how long it is surely on its way.
        let age: Duration
        /// Whether it has come from another machine.
        let isFromOutside: Bool
        let now: Instant

        init(_ envelope: Envelope, at moment: Moment, age: Duration, isFromOutside: Bool, now: Instant) {
            self.sender = envelope.sender
            self.number = envelope.number
            self.processID = envelope.processID
            self.message = envelope.message
            self.moment = moment
            self.age = age
            self.isFromOutside = isFromOutside
            self.now = now
        }

        /// When it was made, on this node's time line: belief counts from then on.
        var madeAt: Instant { self.now.advanced(by: .zero - self.age) }
    }

    private mutating func heard(_ heard: Heard) -> [Action] {
        switch heard.message {
        case .announce(let announcement): self.heard(announcement, heard)
        case .observe(let isJoining): self.heardObserver(isJoining: isJoining, heard)
        case .leave: self.heardLeave(heard)
        case .roster(let roster): self.heard(roster, heard)
        case .absent(let absence): self.heard(absence, heard)
        }
    }

    // MARK: Own messages

    private mutating func heardOwn(_ envelope: Envelope, at now: Instant) -> [Action] {
        guard let session = self.session else { return [] }
        // Without a key anybody can send what this node would.
        guard envelope.processID == session.processID else { return [.dropped(.impostor)] }
        self.noteGrace(at: now)
        let roundTrip = self.session?.proof.echoed(envelope.number, at: now)
        switch envelope.message {
        case .announce:
            self.session?.turns.announced()
        case .roster(let roster):
            if session.turns.isUncontested(roster) { self.table.passOverSeniors() }
        case .observe, .leave, .absent:
            break
        }
        let answer = self.takeRosterTurn(at: now)
        guard let roundTrip else { return answer }
        if session.proof.lastEcho == nil { self.planPresence(at: now) }
        return [.proven(roundTrip: roundTrip)] + answer
    }

    /// A message was too old for the door: an own one is said again; and the medium is asked for its time, which may have
    /// stepped without this node's knowing.
    private mutating func noteStale(
        _ held: (envelope: Envelope, processID: Int32, isFromOutside: Bool),
        at now: Instant
    ) -> [Action] {
        if held.envelope.sender == self.local { return self.speakAgain(at: now) }
        if let session = self.session, session.heldBack.count < Self.mostHeldBack {
            self.session?.heldBack.append(held)
        }
        let isAskedAlready = self.askedBecauseStale.map { now < $0.advanced(by: Self.shortestPause) } ?? false
        guard !isAskedAlready else { return [] }
        self.askedBecauseStale = now
        return self.probe(at: now)
    }

    /// Where each node reads a clock of its own, messages that are all refused for their moments tell of a clock that is
    /// wrong: this one, or all others.
    private mutating func noteClock(isStrange: Bool, differingBy difference: Duration) -> [Action] {
        guard !self.medium.hasClock, let before = self.session?.strangeClocks else { return [] }
        self.session?.strangeClocks = isStrange ? before + 1 : 0
        let isNews = isStrange ? before + 1 == Self.fewestStrangeClocks : before >= Self.fewestStrangeClocks
        guard isNews else { return [] }
        return [isStrange ? .clocksDiffer(by: difference) : .reached]
    }

    // MARK: Announcements

    private mutating func heard(_ announcement: Announcement, _ heard: Heard) -> [Action] {
        guard let known = self.table[heard.sender] else { return self.heardNewcomer(announcement, heard) }
        guard known.standing != .hearsay || announcement.endpoint == known.endpoint else {
            // The first word of the peer itself counts more than what was said of it.
            self.table.remove(known.instance)
            return [.lost(known.node, .evicted)] + self.heardNewcomer(announcement, heard)
        }
        if let drop = self.orderFault(of: heard, after: known) { return [.dropped(drop)] }
        if known.processID != heard.processID, self.isCrowded(heard.processID) { return [.dropped(.crowdedSession)] }
        // An instance keeps its endpoint for life: another one is another node's word, or a fault.
        guard announcement.endpoint == known.endpoint else { return [.dropped(.impostor)] }
        let hasMoved = known.standing != .hearsay && known.processID != heard.processID && !self.isFromBefore(known)
        let timeToLive = self.clamp(announcement.timeToLive)
        let isSenior = self.isSenior(announcement, known: known, at: heard.now)
        let showsSessions = self.medium.showsSessions
        self.table.update(known.instance) { peer in
            peer.metadata = announcement.metadata
            peer.standing = peer.standing == .hearsay ? .heardOnce : .established
            if peer.processID != heard.processID { peer.sighting = .unknown }
            if !hasMoved { peer.homeProcessID = heard.processID }
            peer.processID = heard.processID
            peer.number = heard.number
            peer.moment = heard.moment
            peer.believedFrom = max(peer.believedFrom, heard.madeAt)
            peer.timeToLive = timeToLive
            peer.isShown = announcement.isShown && showsSessions
            peer.isOutside = heard.isFromOutside
            peer.isSenior = isSenior
            if hasMoved { peer.movedAt = heard.now }
        }
        if known.processID != heard.processID { self.lookForNewcomer(at: heard.now) }
        if announcement.isJoining, !self.isObserver { self.session?.turns.ask(heard.sender, at: heard.now) }
        let node = Node(endpoint: known.endpoint, instance: known.instance, metadata: announcement.metadata)
        return [announcement.metadata == known.metadata ? .heardAgain(node) : .found(node)]
    }

    private mutating func heardNewcomer(_ announcement: Announcement, _ heard: Heard) -> [Action] {
        if let farewell = self.former[heard.sender] {
            if farewell.kind == .left { return [.dropped(.departed)] }
            if self.isOld(heard, after: farewell) { return [.dropped(.replayed)] }
        }
        var peer = Peer(
            instance: heard.sender,
            endpoint: announcement.endpoint,
            metadata: announcement.metadata,
            standing: .heardOnce,
            processID: heard.processID,
            number: heard.number,
            moment: heard.moment,
            birth: heard.moment.advanced(by: .zero - announcement.uptime),
            believedFrom: heard.madeAt,
            knownSince: heard.now,
            timeToLive: self.clamp(announcement.timeToLive),
            isShown: announcement.isShown && self.medium.showsSessions,
            isSenior: self.isSenior(announcement, known: nil, at: heard.now)
        )
        peer.isOutside = heard.isFromOutside
        return self.admit(peer, isJoining: announcement.isJoining, at: heard.now)
    }

    /// Whether a peer has listened for longer than this node, as far as its announcement tells: one that asks after this
    /// node's own announcement has come back has not.
    private func isSenior(_ announcement: Announcement, known: Peer?, at now: Instant) -> Bool {
        guard announcement.isJoining else { return known?.isSenior ?? self.mayBeSenior(at: now) }
        return !(self.session?.turns.hasAnnounced ?? false)
    }

    /// Whether somebody that is heard of for the first time may have listened for longer than this node: that becomes known
    /// while it joins, and later it is a stranger's word.
    private func mayBeSenior(at now: Instant) -> Bool {
        self.session.map { now <= $0.openedAt.advanced(by: Self.longestHearsay) } ?? true
    }

    /// Takes up a new peer, if there is a place, and if no younger or living instance has its endpoint.
    ///
    /// `isClear`: the medium was asked about the peer that has the endpoint.
    mutating func admit(
        _ peer: Peer,
        isJoining: Bool = false,
        isClear: Bool = false,
        at now: Instant
    ) -> [Action] {
        let isHearsay = peer.standing == .hearsay
        var actions: [Action] = []
        if !isHearsay, self.isCrowded(peer.processID) {
            guard let room = self.makeRoom(inSession: peer.processID, at: now) else {
                return [.dropped(.crowdedSession)]
            }
            actions.append(room)
        }
        if peer.endpoint == self.localNode.endpoint {
            // Hearsay about the life before this one is not a conflict; a voice is.
            return isHearsay ? [] : actions + [.dropped(.endpointConflict), .endpointConflict(peer.endpoint)]
        }
        if let holder = self.table.peer(at: peer.endpoint) {
            guard !isHearsay else { return [] }
            let wasReplaced = self.former[peer.instance]?.kind == .replaced
            guard peer.birth > holder.birth, !wasReplaced else {
                return actions + [.dropped(.endpointConflict), .endpointConflict(peer.endpoint)]
            }
            if !isClear, holder.isShown, holder.homeProcessID != peer.processID {
                return actions + self.holdClaim(of: peer, isJoining: isJoining, at: now)
            }
            self.table.remove(holder.instance)
            self.noteDeparture(of: holder, .replaced, at: now)
        } else if self.isFull {
            self.session?.presence.look(by: now)
            // Hearsay makes nobody go; and a newcomer that finds no place is answered all the same.
            if isJoining, !self.isObserver { self.session?.turns.ask(peer.instance, at: now) }
            guard !isHearsay, let instance = self.table.nextToMakeRoom(), let evicted = self.table.remove(instance)
            else {
                return actions + [.dropped(.tableFull)]
            }
            self.noteDeparture(of: evicted, .silent, at: now)
            actions.append(.lost(evicted.node, .evicted))
        }
        let belief = max(peer.timeToLive, self.currentBelief())
        self.table.insert(peer, expiringAt: peer.believedFrom.advanced(by: belief))
        self.former.remove(peer.instance)
        self.lookForNewcomer(at: now)
        if isJoining, !self.isObserver { self.session?.turns.ask(peer.instance, at: now) }
        actions.append(isHearsay ? .heardOf(peer.node) : .found(peer.node))
        return actions
    }

    private func isCrowded(_ processID: Int32) -> Bool {
        self.table.instances(inSession: processID).count >= self.configuration.maximumInstancesPerSession
    }

    /// Gives up one of the entries of a crowded session that the medium does not show: the session that they came from may
    /// be gone, and its process id another node's by now.
    private mutating func makeRoom(inSession processID: Int32, at now: Instant) -> Action? {
        self.session?.presence.look(by: now)
        let unshown = self.table.instances(inSession: processID).first { self.table[$0]?.sighting == .unshown }
        guard let unshown, let peer = self.table.remove(unshown) else { return nil }
        self.noteDeparture(of: peer, .silent, at: now)
        return .lost(peer.node, .evicted)
    }

    private func clamp(_ timeToLive: Duration) -> Duration {
        min(max(timeToLive, AnnouncementConfiguration.shortestTimeToLive), self.configuration.longestBelief)
    }

    // MARK: Whose word it is

    /// Why a message of a known sender is out of order, if it is.
    ///
    /// Within a session its number counts, which the sender makes. Across sessions it is the moment, since without a key
    /// anybody may speak for a node from a session of their own, and a number of theirs must not silence it.
    private func orderFault(of heard: Heard, after known: Peer) -> DropReason? {
        // What a teller says of a peer's numbers is no word of the peer's.
        guard known.standing != .hearsay else { return nil }
        let isByNumber = heard.processID == known.processID || !self.medium.namesSenders
        let isInOrder = isByNumber ? heard.number > known.number : heard.moment > known.moment
        return isInOrder ? nil : .replayed
    }

    /// Whether a message is no newer than the last one of an instance that is gone.
    private func isOld(_ heard: Heard, after farewell: FormerPeers.Farewell) -> Bool {
        let isByNumber = heard.processID == farewell.processID || !self.medium.namesSenders
        return isByNumber ? heard.number <= farewell.number : heard.moment <= farewell.moment
    }

    /// For how long after a sender's newest message an older roster of its may come, where messages overtake each other.
    private static let longestOvertaking = Duration.seconds(1)

    /// Whether a roster may only have been overtaken: it introduces others, and does nothing else.
    private func mayBeOvertaken(_ heard: Heard, by newest: Peer) -> Bool {
        !self.medium.isReliable && heard.processID == newest.processID
            && heard.moment <= newest.moment.advanced(by: Self.longestOvertaking)
    }

    /// Why a message that only its own sender may send is not believed, if so.
    private func doubt(_ heard: Heard, of sender: Peer) -> DropReason? {
        guard heard.processID == sender.processID || self.isFromBefore(sender) else { return .impostor }
        return self.orderFault(of: heard, after: sender)
    }

    /// Whether a peer was heard last before this node's own session began: it may have a new one, too.
    func isFromBefore(_ peer: Peer) -> Bool {
        self.session.map { peer.believedFrom < $0.openedAt } ?? true
    }

    private mutating func noteNumber(_ heard: Heard) {
        self.table.update(heard.sender) { peer in
            guard peer.processID == heard.processID else { return }
            peer.number = heard.number
            peer.moment = heard.moment
        }
    }

    // MARK: Observers

    /// An observer asks who is there; it is nobody's peer.
    private mutating func heardObserver(isJoining: Bool, _ heard: Heard) -> [Action] {
        // One that observes takes no turns.
        guard isJoining, !self.isObserver else { return [] }
        self.session?.turns.ask(heard.sender, isObserver: true, at: heard.now)
        return []
    }

    // MARK: Leaving

    private mutating func heardLeave(_ heard: Heard) -> [Action] {
        guard let peer = self.table[heard.sender] else {
            self.session?.claims.withdraw(heard.sender)
            return [.dropped(.unknownSender)]
        }
        if let drop = self.doubt(heard, of: peer) { return [.dropped(drop)] }
        self.noteNumber(heard)
        let last = self.table.remove(peer.instance) ?? peer
        // A goodbye is certain from the session that the peer had all along, or for so long that its own voice would have
        // been heard since from another one. From a new session anybody may say it without a key.
        let isSettled = peer.movedAt.map { $0.advanced(by: peer.timeToLive) < heard.now } ?? true
        let isCertain = isSettled && peer.processID == heard.processID
        self.noteDeparture(of: last, isCertain ? .left : .silent, at: heard.now)
        return [.lost(peer.node, isCertain ? .left : .sessionEnded)]
    }

    // MARK: Rosters

    private mutating func heard(_ roster: Roster, _ heard: Heard) -> [Action] {
        if let sender = self.table[heard.sender] {
            if let drop = self.doubt(heard, of: sender) {
                guard drop == .replayed, self.mayBeOvertaken(heard, by: sender) else { return [.dropped(drop)] }
            } else {
                self.noteNumber(heard)
            }
            if sender.wasPassedOver, sender.processID == heard.processID {
                self.table.update(heard.sender) { ($0.isSenior, $0.wasPassedOver) = (true, false) }
            }
        } else if self.former[heard.sender].map({
            $0.kind == .left || (self.medium.namesSenders ? heard.moment <= $0.moment : heard.number <= $0.number)
        }) ?? false {
            return [.dropped(.departed)]
        }
        var actions: [Action] = []
        for entry in roster.entries where entry.instance != self.local && !self.table.contains(entry.instance) {
            actions += self.heardHearsay(entry, heard)
        }
        guard self.isAnswer(of: heard.sender) else { return actions }
        if self.session?.turns.heard(roster, from: heard.sender, local: self.local, at: heard.now) == true {
            actions.append(.leftOut)
        }
        return actions
    }

    /// Whether a roster counts as an answer to newcomers: one of somebody that the medium does not show, or of whom nobody
    /// has ever heard, is no reason to be silent oneself.
    private func isAnswer(of sender: InstanceID) -> Bool {
        self.table[sender].map { $0.sighting != .unshown } ?? !(self.session?.turns.isSynchronised ?? false)
    }

    /// Hearsay introduces a peer.
    ///
    /// It keeps nobody alive and removes nobody; what it says counts from the moment at which the peer itself has spoken.
    private mutating func heardHearsay(_ entry: Roster.Entry, _ heard: Heard) -> [Action] {
        let age = heard.age + max(.zero, entry.moment.duration(to: heard.moment))
        let timeToLive = self.clamp(entry.timeToLive)
        guard self.former[entry.instance] == nil, age < max(timeToLive, self.currentBelief()) else { return [] }
        var peer = Peer(
            instance: entry.instance,
            endpoint: entry.endpoint,
            metadata: entry.metadata,
            standing: .hearsay,
            processID: entry.processID,
            number: entry.number,
            moment: min(entry.moment, heard.moment),
            birth: entry.birth,
            believedFrom: heard.now.advanced(by: .zero - age),
            knownSince: heard.now,
            timeToLive: timeToLive,
            isShown: entry.isShown && self.medium.showsSessions,
            isSenior: self.mayBeSenior(at: heard.now)
        )
        // The teller's place stands for its own, until it speaks.
        peer.isOutside = heard.isFromOutside
        return self.admit(peer, at: heard.now)
    }

    // MARK: Absence

    private mutating func heard(_ absence: Absence, _ heard: Heard) -> [Action] {
        guard let sender = self.table[heard.sender], sender.standing != .hearsay else {
            return [.dropped(.unknownSender)]
        }
        if let drop = self.doubt(heard, of: sender) { return [.dropped(drop)] }
        self.noteNumber(heard)
        return self.suspect(absence, at: heard.now)
    }
}
