package import ClusterFormation

/// The announce/listen protocol of one node, as a value: what happens goes in, what is to be done comes out.
///
/// It holds no clock, no dice of its own and no connection. The shell around it opens sessions, encodes and decodes,
/// and calls ``timerFired(at:)`` when ``nextDeadline`` has come; a simulation does the same for thousands of them.
package struct AnnouncementProtocol: Sendable {
    /// What the shell is to do.
    package enum Action: Sendable, Equatable {
        /// Send one message.
        case send(Envelope)
        /// Send everything that is known, in as many messages as it takes, each with a ``takeSequence()`` of its own.
        case sendRoster([Roster.Entry])
        case found(Node)
        /// A known peer has announced itself again and says nothing new; whoever had no room for it may have by now.
        case heardAgain(Node)
        case lost(Node, LossReason)
        /// A message of one's own came back: the channel works. With the time that it took.
        case proven(roundTrip: Duration)
        /// Nothing proves the session alive any more: give it up and open a new one.
        case sessionSilent(Silence)
        /// Make a round trip to the server, and report ``probeSucceeded(at:)``.
        case probe
        /// Ask the medium whose sessions it sees, and report ``presence(_:at:)``.
        case inspectPresence
        /// Two living instances announce one endpoint; reported once for each.
        case endpointConflict(Endpoint, isLocal: Bool)
        /// A message was not acted on.
        case dropped(DropReason)
    }

    /// What kept silent.
    package enum Silence: Sendable, Equatable {
        /// The node's own announcement did not come back.
        case noEcho
        /// The server did not answer.
        case noAnswer
    }

    /// Why a well-formed message was not acted on.
    package enum DropReason: String, Sendable, Equatable, CaseIterable {
        /// It had been heard before, or is older than what was heard.
        case replayed
        /// Its sender has left, or was replaced.
        case departed
        /// It proves nothing: with a key, only whoever answers is taken up.
        case unproven
        /// It speaks for a node from a session that is not the node's.
        case impostor
        /// Too many nodes announce themselves from one session.
        case crowdedSession = "crowded_session"
        /// The table is full.
        case tableFull = "table_full"
        /// A younger instance has its endpoint.
        case endpointConflict = "endpoint_conflict"
        /// It comes from nobody that is known.
        case unknownSender = "unknown_sender"
    }

    struct Session: Sendable {
        var processID: Int32
        var openedAt: Instant
        /// The first own message that has not come back, and when it was sent.
        var awaitedEcho: (sequence: UInt64, since: Instant)?
        var probeSince: Instant?
        /// When a message or a probe came back last.
        var lastProof: Instant?
        var lastEvidence: Instant
        /// The first sequence number that was sent on this session: older echoes prove nothing.
        var firstSequence: UInt64
        /// The last own message that has come back.
        var lastEchoed: UInt64 = 0
        /// With a key: the last announcement that named a message of somebody else.
        var lastAcknowledgement: UInt64 = 0
        /// Whether a roster has named this node, or it has found that it is alone.
        var isSynchronised = false
        /// Whether peers were known before it began.
        var isReturn: Bool
        /// Whether the medium shows it.
        var isShown: Bool
    }

    package let configuration: AnnouncementConfiguration
    /// Whether a stranger must prove that it lives now before it is taken up.
    ///
    /// It goes with a key.
    package let requiresProof: Bool
    package internal(set) var localNode: Node
    /// This life of the local node.
    package let local: InstanceID
    let birth: Instant
    /// The longest time for which every peer was believed at least since the table's queue was made.
    private var queuedBelief: Duration = .zero

    var generator: SeededGenerator
    var schedule: HeartbeatSchedule
    var table: PeerTable
    var session: Session?
    private var sequence: UInt64 = 0

    /// Who is gone: an instance never comes back with an old message, and one that left never comes back.
    var departed: BoundedQueue<InstanceID, Departure>
    /// With a key: who was heard and has not yet proven that it lives.
    var candidates: CandidateList
    /// With a key: when strangers may have had their time.
    var candidateSweep: Instant?
    /// With a key: messages heard of late, which a living node can name and a recording can't.
    var recent: BoundedQueue<Acknowledgement, Instant>
    var lastHeardFromPeer: Acknowledgement?

    var roster: RosterTurn
    var presence = PresenceWatch()
    var conflicts = ConflictReports()

    /// How long it takes, of late, until an own message comes back.
    var roundTrip: Duration = .zero
    /// From when on silence counts again, after a time without proof.
    var graceStart: Instant
    var lastHandled: Instant
    var lastReassurance: Instant?
    /// With a key: when this node shows that it lives, after the messages that name it.
    var reassuranceDue: Instant?

    struct Departure: Sendable {
        enum Kind: Sendable {
            /// It said goodbye, and is never believed again.
            case left
            /// A younger instance took its endpoint.
            case replaced
            /// It fell silent, or had to make room, and may come back.
            case silent
        }

        var sequence: UInt64
        var kind: Kind
        /// The session that it was heard from last.
        var processID: Int32
    }

    package init(
        configuration: AnnouncementConfiguration,
        localNode: Node,
        instance: InstanceID,
        requiresProof: Bool,
        seed: UInt64,
        at now: Instant
    ) {
        self.configuration = configuration
        self.requiresProof = requiresProof
        self.localNode = localNode
        self.localNode.instance = instance
        self.local = instance
        self.birth = now
        self.generator = SeededGenerator(seed: seed)
        let secret = HashSecret(using: &self.generator)
        self.table = PeerTable(local: instance, secret: secret)
        self.roster = RosterTurn(secret: secret)
        self.schedule = HeartbeatSchedule(
            base: configuration.heartbeatInterval,
            deliveriesPerSecond: configuration.maximumDeliveryRate
        )
        self.departed = BoundedQueue(capacity: configuration.maximumPeers * 2)
        self.candidates = CandidateList(local: instance, capacity: configuration.maximumPeers)
        self.recent = BoundedQueue(capacity: max(512, configuration.maximumPeers))
        self.graceStart = now
        self.lastHandled = now
    }

    // MARK: What can be asked

    /// How many peers are known.
    package var peerCount: Int { self.table.count }

    /// Who is known, in no order.
    package var peers: [Node] { self.table.all.map(\.node) }

    /// Whether a peer is known.
    package func knows(_ instance: InstanceID) -> Bool { self.table.contains(instance) }

    /// The interval at which this node now repeats its announcement, on average.
    package var currentInterval: Duration { self.schedule.interval(forMembers: self.members) }

    /// When the last own message came back on this session.
    package var lastProof: Instant? { self.session?.lastProof }

    /// When ``timerFired(at:)`` is to be called; after that call it is later than the moment of the call, unless the
    /// session was found silent.
    package var nextDeadline: Instant? {
        guard let session = self.session else { return nil }
        var earliest = self.silence(of: session)?.at
        func consider(_ moment: Instant?) {
            guard let moment else { return }
            earliest = earliest.map { min($0, moment) } ?? moment
        }
        consider(self.heartbeatDue(session))
        consider(self.roster.due)
        consider(self.roster.leftOutDue)
        consider(self.reassuranceDue)
        consider(self.expiryDue(session))
        consider(self.checkDue(session))
        consider(self.synchronisationDue(session))
        consider(self.presence.due)
        consider(self.candidateSweep)
        return earliest
    }

    var members: Int { self.table.count + 1 }

    /// How many there may be: of nodes with a key that all start now none is proven yet.
    var expectedMembers: Int { self.table.count > 0 ? self.members : self.candidates.count + 1 }

    /// A sequence number for the next message.
    package mutating func takeSequence() -> UInt64 {
        self.sequence += 1
        return self.sequence
    }

    var lastSequence: UInt64 { self.sequence }

    // MARK: What happens

    /// A session is open and listens; the medium shows it to those who look for it, or does not.
    package mutating func sessionOpened(
        processID: Int32,
        isShown: Bool = true,
        at now: Instant
    ) -> [Action] {
        self.lastHandled = now
        self.session = Session(
            processID: processID,
            openedAt: now,
            lastEvidence: now,
            firstSequence: self.sequence + 1,
            isReturn: self.table.count > 0,
            isShown: isShown
        )
        self.presence = PresenceWatch()
        return [self.announce(at: now)]
    }

    /// The session is gone.
    ///
    /// Nothing expires until another one is proven.
    package mutating func sessionLost(at now: Instant) {
        self.lastHandled = now
        self.session = nil
        self.schedule.stop()
        self.roster.reset()
        self.reassuranceDue = nil
        self.presence = PresenceWatch()
    }

    /// The server has answered a probe.
    package mutating func probeSucceeded(at now: Instant) {
        self.session?.probeSince = nil
        self.noteEvidence(at: now)
    }

    /// The node says something else of itself from now on.
    package mutating func setMetadata(_ metadata: [String: String], at now: Instant) -> [Action] {
        self.localNode.metadata = metadata
        return self.session == nil ? [] : [self.announce(at: now)]
    }

    /// The node leaves: the message that says so.
    package mutating func leave() -> Envelope {
        Envelope(sender: self.local, sequence: self.takeSequence(), message: .leave)
    }

    /// A deadline has come.
    package mutating func timerFired(at now: Instant) -> [Action] {
        self.excuseOwnAbsence(at: now)
        guard let session = self.session else { return [] }
        if let silence = self.silence(of: session), silence.at <= now { return [.sessionSilent(silence.what)] }
        var actions: [Action] = []
        if let due = self.heartbeatDue(session), due <= now,
            self.schedule.reconsider(at: now, members: self.expectedMembers, using: &self.generator)
        {
            actions.append(self.announce(at: now))
        }
        if let due = self.checkDue(session), due <= now {
            self.session?.probeSince = now
            actions.append(.probe)
        }
        if let due = self.synchronisationDue(session), due <= now {
            // Nobody has answered: this node is the first, or answers itself to whoever comes next.
            self.session?.isSynchronised = true
        }
        if let due = self.reassuranceDue, due <= now {
            self.lastReassurance = now
            actions.append(self.announce(at: now))
        }
        actions += self.takeRosterTurn(at: now)
        actions += self.takePresenceTurn(at: now)
        self.sweepCandidates(at: now)
        actions += self.expire(at: now)
        return actions
    }

    // MARK: Announcing

    mutating func announce(at now: Instant) -> Action {
        let members = self.expectedMembers
        self.reassuranceDue = nil
        self.roster.announced(at: now)
        let announcement = Announcement(
            endpoint: self.localNode.endpoint,
            timeToLive: self.configuration.timeToLive(at: self.schedule.interval(forMembers: members)),
            isJoining: self.session?.isSynchronised == false,
            uptime: self.birth.duration(to: now),
            showsPresence: self.session?.isShown ?? false,
            acknowledgement: self.requiresProof ? self.lastHeardFromPeer : nil,
            metadata: self.localNode.metadata
        )
        self.schedule.sent(at: now, members: members, using: &self.generator)
        let envelope = self.seal(.announce(announcement), at: now)
        if announcement.acknowledgement != nil { self.session?.lastAcknowledgement = envelope.sequence }
        return .send(envelope)
    }

    /// Gives a message its number and waits for its echo.
    mutating func seal(_ message: Message, at now: Instant) -> Envelope {
        let sequence = self.takeSequence()
        if self.session?.awaitedEcho == nil { self.session?.awaitedEcho = (sequence, now) }
        return Envelope(sender: self.local, sequence: sequence, message: message)
    }

    // MARK: Proof

    mutating func noteEvidence(at now: Instant) {
        // Whatever was said in a long silence was missed.
        if !self.isProven(at: now) { self.graceStart = now }
        self.session?.lastEvidence = now
    }

    /// An own message came back.
    mutating func heardOwn(_ envelope: Envelope, processID: Int32, at now: Instant) -> [Action] {
        guard let session = self.session, processID == session.processID else { return [.dropped(.impostor)] }
        guard envelope.sequence >= session.firstSequence, envelope.sequence <= self.sequence else { return [] }
        self.noteEvidence(at: now)
        self.session?.lastProof = now
        self.session?.lastEchoed = max(session.lastEchoed, envelope.sequence)
        if self.requiresProof { self.recent.set(.init(sender: self.local, sequence: envelope.sequence), to: now) }
        guard let awaited = session.awaitedEcho, envelope.sequence >= awaited.sequence else { return [] }
        self.session?.awaitedEcho = nil
        let sample = awaited.since.duration(to: now)
        // When the server falls behind, that counts at once.
        self.roundTrip = max(sample, (self.roundTrip + sample).halved)
        self.rescheduleLongAnswer(at: now)
        return [.proven(roundTrip: sample)]
    }

    /// Whether the node's own channel is known to work, so that other nodes' silence means something.
    package func isProven(at now: Instant) -> Bool {
        guard let session = self.session, session.lastProof != nil else { return false }
        return now < session.lastEvidence.advanced(by: self.configuration.echoDeadline)
            && session.awaitedEcho.map { now < $0.since.advanced(by: self.configuration.echoDeadline) } ?? true
    }

    /// What the session is to be given up for, and when, unless something is heard before.
    private func silence(of session: Session) -> (at: Instant, what: Silence)? {
        let deadline = self.configuration.echoDeadline
        let answer = session.probeSince.map { (at: $0.advanced(by: deadline), what: Silence.noAnswer) }
        guard let awaited = session.awaitedEcho else { return answer }
        // While others are heard the server is behind, not silent: wait longer, but not for ever. When thousands of
        // nodes start at once it is behind by as many deliveries as there are pairs of them.
        let patience = min(
            session.lastEvidence.advanced(by: deadline.halved),
            awaited.since.advanced(by: self.patience)
        )
        let echo = (at: max(awaited.since.advanced(by: deadline), patience), what: Silence.noEcho)
        return answer.map { $0.at < echo.at ? $0 : echo } ?? echo
    }

    /// For how long a message may be under way at most; strangers take the server's time, too.
    var patience: Duration {
        self.configuration.echoDeadline.multiplied(by: max(3, (self.members + self.candidates.count) / 50))
    }

    /// When the announcement is to be repeated, or reconsidered.
    private func heartbeatDue(_ session: Session) -> Instant? {
        guard let due = self.schedule.due else { return nil }
        // The one before is still on its way: another one would wait behind it and make the wait longer.
        guard let awaited = session.awaitedEcho else { return due }
        return max(due, awaited.since.advanced(by: self.configuration.echoDeadline))
    }

    /// When the session is to be checked: a stretched heartbeat alone would notice a dead connection too late.
    private func checkDue(_ session: Session) -> Instant? {
        guard session.probeSince == nil, session.awaitedEcho == nil else { return nil }
        guard let due = self.schedule.due else { return nil }
        let check = session.lastEvidence.advanced(by: self.configuration.heartbeatInterval)
        return check.advanced(by: self.configuration.heartbeatInterval.halved) < due ? check : nil
    }

    /// A process that was itself stopped (SIGSTOP, a suspended machine) has heard nobody and judges nobody.
    mutating func excuseOwnAbsence(at now: Instant) {
        let absence = self.lastHandled.duration(to: now)
        self.lastHandled = now
        guard absence > max(self.configuration.echoDeadline, self.configuration.heartbeatInterval.multiplied(by: 2))
        else { return }
        self.graceStart = now
        if self.session?.awaitedEcho != nil { self.session?.awaitedEcho?.since = now }
        if self.session?.probeSince != nil { self.session?.probeSince = now }
        self.presence = PresenceWatch()
    }

    // MARK: Silence

    /// When somebody may have been silent for too long.
    private func expiryDue(_ session: Session) -> Instant? {
        // Whether the channel works is known when the answer is here.
        guard session.probeSince == nil, let due = self.table.nextExpiry else { return nil }
        return max(
            due,
            self.isProven(at: self.lastHandled) ? self.graceStart : self.lastHandled.advanced(by: .seconds(1))
        )
    }

    /// Gives up who has been silent for too long, if the channel has worked since that became so: otherwise it is asked
    /// first whether it works, for the silence may be this node's own.
    private mutating func expire(at now: Instant) -> [Action] {
        guard let due = self.table.nextExpiry, due <= now else { return [] }
        guard self.isProven(at: now), let session = self.session else { return [] }
        let (graceStart, shortest) = (self.graceStart, self.currentBelief())
        let (expired, isUncertain) = self.table.removeExpired(at: now, provenAt: session.lastEvidence) { peer in
            max(peer.lastHeard.instant, graceStart).advanced(by: max(peer.timeToLive, shortest))
        }
        for peer in expired { self.noteDeparture(of: peer, kind: .silent, at: now) }
        let losses = expired.map { Action.lost($0.node, .expired) }
        guard isUncertain, session.probeSince == nil else { return losses }
        self.session?.probeSince = now
        return losses + [.probe]
    }

    /// When a peer will have been silent for too long, if it is not heard until then and this node's channel works.
    func expiry(of peer: PeerTable.Peer) -> Instant {
        max(peer.lastHeard.instant, self.graceStart).advanced(by: max(peer.timeToLive, self.shortestBelief))
    }

    /// For how long every peer is believed at least: it stretches its heartbeat when the cluster grows, after it has
    /// said how long to believe it.
    private var shortestBelief: Duration {
        let interval = self.currentInterval
        return interval > self.configuration.heartbeatInterval ? self.configuration.timeToLive(at: interval) : .zero
    }

    mutating func noteDeparture(of peer: PeerTable.Peer, kind: Departure.Kind, at now: Instant) {
        self.departed.set(peer.instance, to: Departure(sequence: peer.sequence, kind: kind, processID: peer.processID))
        self.schedule.shrink(toMembers: self.members, at: now)
        self.roster.forget(peer.instance)
        self.shortenBelief()
    }

    /// For how long every peer is believed at least, to be reckoned with in the table's queue.
    mutating func currentBelief() -> Duration {
        let belief = self.shortestBelief
        self.queuedBelief = max(self.queuedBelief, belief)
        return belief
    }

    /// A cluster that has shrunk expects to hear each of the rest sooner.
    ///
    /// A pass over all peers, but one for each time that the cluster has lost about a third of its members.
    private mutating func shortenBelief() {
        let belief = self.shortestBelief
        guard belief < self.queuedBelief.halved else { return }
        self.queuedBelief = belief
        let graceStart = self.graceStart
        self.table.requeueExpiries { peer in
            max(peer.lastHeard.instant, graceStart).advanced(by: max(peer.timeToLive, belief))
        }
    }
}
