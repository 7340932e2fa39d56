package import ClusterFormation

/// The announce/listen protocol of one node, as a value: what happens goes in, what is to be done comes out.
///
/// It holds no clock, no dice of its own and no connection. The shell around it opens sessions, encodes and decodes,
/// and calls ``timerFired(at:)`` when ``nextDeadline`` has come; a simulation does the same for thousands of them.
///
/// This type routes. What is decided is in the parts: ``Freshness`` at the door, ``ChannelProof``, ``HeartbeatSchedule``,
/// ``RosterTurns``, ``PresenceWatch``, ``PeerTable``.
package struct AnnouncementProtocol: Sendable {
    /// What the shell is to do.
    package enum Action: Sendable, Equatable {
        /// Send one message: ``stamp(_:at:)`` it when its turn has come.
        case send(Message)
        /// Send ``rosterEntries(at:)``, in as many messages as it takes.
        case sendRoster
        case found(Node)
        /// A roster has named a peer that has not spoken for itself yet.
        case heardOf(Node)
        /// A known peer has announced itself again and says nothing new; a cluster that had no room for it may have by now.
        case heardAgain(Node)
        case lost(Node, LossReason)
        /// A message of one's own came back: the channel works. With the time that it took.
        case proven(roundTrip: Duration)
        /// Nothing proves the session alive any more: give it up and open a new one.
        case sessionSilent(ChannelProof.Silence)
        /// Make a round trip to the medium, and report ``probeAnswered(with:askedAt:at:)``.
        case probe
        /// Ask the medium whose sessions it shows, and report ``presence(_:at:)``.
        case inspectPresence
        /// Two living instances announce one endpoint.
        case endpointConflict(Endpoint)
        /// The medium's clock has stepped by so much.
        case clockStepped(by: Duration)
        /// A member that has answered has no room for this node: it knows the others, but not all of them know it.
        case leftOut
        /// No other machine has been heard for so long, and nobody is given up for it.
        case cutOff(for: Duration)
        /// Whatever is heard was made by a clock that differs by so much.
        case clocksDiffer(by: Duration)
        /// Others are heard again, after one of the two.
        case reached
        /// A message was not acted on.
        case dropped(DropReason)
    }

    /// One life of a connection, from the moment at which it listens.
    struct Session: Sendable {
        let processID: Int32
        let openedAt: Instant
        /// Whether the medium shows it.
        var isShown: Bool
        /// Whether peers were known before it began.
        let isReturn: Bool
        var clock: MediumClock
        var door: Freshness
        var proof: ChannelProof
        var turns: RosterTurns
        var presence: PresenceWatch
        var reach: Reach
        /// How many messages in a row were by clocks that differ too much.
        var strangeClocks = 0
        /// How often this node has announced itself.
        var announcements = 0
        var claims = EndpointClaims()
        /// Messages that were too old, until it is known whether the medium's clock has stepped back.
        var heldBack: [(envelope: Envelope, processID: Int32, isFromOutside: Bool)] = []
    }

    /// How many messages are held back at most: more than the nodes that speak in the time of one question.
    static let mostHeldBack = 64

    /// By how much a call is late at least when the process was stopped and not just slow.
    private static let shortestAbsence = Duration.milliseconds(100)

    /// How many messages in a row are too old, or from too far ahead, when it is the clocks and not a single recording.
    static let fewestStrangeClocks = 4

    /// How often a newcomer asks again on a medium that loses messages, and when: after so long, and then after twice that.
    ///
    /// Where one message in three is lost, one newcomer in eighty is not heard before its first heartbeat.
    static let furtherJoins = 2
    static let firstFurtherJoin = Duration.milliseconds(250)

    /// The shortest time between two announcements that somebody else's message asks for, or that an own one needs.
    static let shortestPause = Duration.seconds(1)

    package let configuration: AnnouncementConfiguration
    let medium: Medium
    /// Whether this node only listens: what it sends proves its channel, and says nothing of it.
    let isObserver: Bool
    /// How long the text of a message may be, and how long an entry about this node is in a roster.
    let messageBytes: Int
    private(set) var entryBytes: Int
    package internal(set) var localNode: Node
    /// This life of the local node.
    package let local: InstanceID
    let birth: Instant

    var generator: SeededGenerator
    var schedule: HeartbeatSchedule
    var table = PeerTable()
    var former: FormerPeers
    var session: Session?
    /// The medium's clock as the session before knew it.
    private var lastClock: MediumClock?
    /// The number of the last message that was stamped.
    var lastNumber: UInt64 = 0

    /// From when on silence counts again, after a time without proof.
    var graceStart: Instant
    /// When ``timerFired(at:)`` is to be called; after that call it is later than the moment of the call, unless the
    /// session was found silent.
    package private(set) var nextDeadline: Instant?
    /// When the shell was to call at the latest, as far as it could know.
    private var askedFor: Instant?
    /// The longest time for which every peer was believed at least since the table's queue was made.
    var queuedBelief: Duration = .zero
    /// When this node announced itself out of turn, and when it does so next.
    var lastOutOfTurn: Instant?
    var outOfTurnDue: Instant?
    /// When the medium was asked for its time because of a message that seemed too old.
    var askedBecauseStale: Instant?

    package init(
        configuration: AnnouncementConfiguration,
        medium: Medium = .postgres,
        messageBytes: Int? = nil,
        localNode: Node,
        instance: InstanceID,
        isObserver: Bool = false,
        seed: UInt64,
        at now: Instant
    ) {
        self.configuration = configuration
        self.medium = medium
        self.isObserver = isObserver
        self.messageBytes = messageBytes ?? medium.maximumPayloadBytes
        self.entryBytes = Self.entryBytes(of: localNode)
        self.localNode = localNode
        self.localNode.instance = instance
        self.local = instance
        self.birth = now
        self.generator = SeededGenerator(seed: seed)
        self.schedule = HeartbeatSchedule(
            base: configuration.heartbeatInterval,
            deliveriesPerSecond: configuration.maximumDeliveryRate
        )
        self.former = FormerPeers(capacity: configuration.maximumPeers * 2)
        self.graceStart = now
    }

    // MARK: What can be asked

    /// How many peers are known.
    package var peerCount: Int { self.table.count }

    /// The known peers, in no order.
    package var peers: [Node] { self.table.all.map(\.node) }

    /// Whether a peer is known.
    package func knows(_ instance: InstanceID) -> Bool { self.table.contains(instance) }

    /// The interval at which this node now repeats its announcement, on average.
    package var currentInterval: Duration { self.schedule.interval(forMembers: self.speakers) }

    /// When the last own message came back on this session.
    package var lastEcho: Instant? { self.session?.proof.lastEcho }

    /// Whether the node's own channel is known to work, so that other nodes' silence means something.
    package func isProven(at now: Instant) -> Bool { self.session?.proof.isProven(at: now) ?? false }

    /// The medium's time, as far as it is known.
    package func moment(at now: Instant) -> Moment {
        self.session?.clock.moment(at: now) ?? Moment(microseconds: 0)
    }

    /// Whether the medium may show this node's session, and so whether a look at what it shows tells anything.
    private var canBeShown: Bool { self.medium.showsSessions && !self.isObserver }

    var members: Int { self.table.count + 1 }

    /// The members that the heartbeat's interval is reckoned with: not those that the medium was asked for and has not shown.
    var speakers: Int { self.members - self.table.unshown }

    /// Whether a newcomer finds a place only when a peer makes room.
    package var isFull: Bool { self.table.count >= self.configuration.maximumPeers }

    // MARK: Sessions

    /// A session is open and listens, since that moment of the medium's; the medium shows it to the others, or does not.
    package mutating func sessionOpened(
        processID: Int32,
        isShown: Bool = true,
        openedAt moment: Moment,
        at now: Instant
    ) -> [Action] {
        let step = self.lastClock?.moment(at: now).duration(to: moment) ?? .zero
        self.session = Session(
            processID: processID,
            openedAt: now,
            isShown: isShown && self.canBeShown,
            isReturn: self.table.count > 0,
            clock: MediumClock(moment, at: now),
            door: Freshness(
                window: self.medium.freshnessWindow,
                isByOneClock: self.medium.hasClock,
                openedAt: moment
            ),
            proof: ChannelProof(echoDeadline: self.configuration.echoDeadline, at: now),
            turns: RosterTurns(place: Double.random(in: 0..<1, using: &self.generator), isObserver: self.isObserver),
            presence: PresenceWatch(isPossible: self.canBeShown),
            reach: Reach(at: now)
        )
        self.table.becomeJunior()
        defer { self.reckonDeadline(at: now) }
        let isStep = step > MediumClock.drift || step < .zero - MediumClock.drift - MediumClock.longestOpening
        guard isStep else { return self.announce(at: now) }
        // Another machine's clock, or it was set while this node was away: what is written down is by the old one.
        self.table.shiftMoments(by: step)
        self.former.shiftMoments(by: step)
        return [.clockStepped(by: step)] + self.announce(at: now)
    }

    /// The session is gone.
    ///
    /// Nothing expires until another one is proven.
    package mutating func sessionLost(at now: Instant) {
        self.lastClock = self.session?.clock ?? self.lastClock
        self.session = nil
        self.schedule.stop()
        self.outOfTurnDue = nil
        self.reckonDeadline(at: now)
    }

    /// The medium has answered a probe with its time.
    package mutating func probeAnswered(with moment: Moment, askedAt: Instant, at now: Instant) -> [Action] {
        defer { self.reckonDeadline(at: now) }
        self.noteGrace(at: now)
        self.session?.proof.probeAnswered(at: now)
        let actions = self.learn(moment, askedAt: askedAt, at: now)
        // The clock is as it was: they are too old.
        self.session?.heldBack = []
        return actions
    }

    /// The medium did not do what was asked, but it has answered.
    package mutating func probeRefused(at now: Instant) {
        self.noteGrace(at: now)
        self.session?.proof.probeAnswered(at: now)
        self.reckonDeadline(at: now)
    }

    /// The node says something else of itself from now on: at once, and once in ``shortestPause`` at most.
    package mutating func setMetadata(_ metadata: [String: String], at now: Instant) -> [Action] {
        guard metadata != self.localNode.metadata else { return [] }
        self.localNode.metadata = metadata
        self.entryBytes = Self.entryBytes(of: self.localNode)
        defer { self.reckonDeadline(at: now) }
        return self.session == nil ? [] : self.speakOutOfTurn(after: .zero, pause: Self.shortestPause, at: now)
    }

    // MARK: Time

    /// A deadline has come.
    package mutating func timerFired(at now: Instant) -> [Action] {
        defer { self.reckonDeadline(at: now) }
        self.excuseAbsence(at: now)
        guard let session = self.session else { return [] }
        if let silence = session.proof.silence(newest: session.door.newest), silence.at <= now {
            return [.sessionSilent(silence.what)]
        }
        var actions: [Action] = []
        if let due = self.heartbeatDue(session), due <= now,
            self.schedule.reconsider(at: now, members: self.speakers, using: &self.generator)
        {
            actions += self.announce(at: now)
        }
        if let due = self.probeDue(session), due <= now { actions += self.probe(at: now) }
        if let due = self.outOfTurnDue, due <= now {
            self.lastOutOfTurn = now
            actions += self.announce(at: now)
        }
        if let due = session.turns.synchronisationDue(self.circumstances(session)), due <= now {
            self.session?.turns.synchronise()
        }
        actions += self.takePresenceTurn(at: now)
        actions += self.askAboutClaims(at: now)
        actions += self.expire(at: now)
        // After the expired are gone: this node's turn may have come with that.
        actions += self.takeRosterTurn(at: now)
        return actions
    }

    /// Reckons the next deadline; to be called when everything that has happened was taken in.
    mutating func reckonDeadline(at now: Instant) {
        guard let session = self.session else {
            self.nextDeadline = nil
            self.askedFor = nil
            return
        }
        var earliest = session.proof.silence(newest: session.door.newest)?.at
        func consider(_ moment: Instant?) {
            guard let moment else { return }
            earliest = earliest.map { min($0, moment) } ?? moment
        }
        consider(self.heartbeatDue(session))
        consider(self.outOfTurnDue)
        consider(self.expiryDue(session))
        consider(self.probeDue(session))
        consider(session.presence.due)
        consider(self.claimsDue(session))
        if session.turns.hasPending || !session.turns.isSynchronised {
            let circumstances = self.circumstances(session)
            consider(session.turns.due(circumstances))
            consider(session.turns.synchronisationDue(circumstances))
        }
        self.nextDeadline = earliest
        // What is overdue already is asked for now, and a call for it is late by as much as it comes after that.
        self.askedFor = earliest.map { max($0, now) }
    }

    /// A process that was itself stopped (SIGSTOP, a suspended machine) has heard nobody and judges nobody.
    ///
    /// It is told by a call that comes much later than it was asked for. Timers are always late, by microseconds on a
    /// machine at rest and by some milliseconds on a busy one; a tenth of the echo's deadline has another cause.
    mutating func excuseAbsence(at now: Instant) {
        guard let askedFor = self.askedFor, self.session != nil else { return }
        let absence = askedFor.duration(to: now)
        guard absence > max(Self.shortestAbsence, self.configuration.echoDeadline * 0.1) else { return }
        self.graceStart = now
        self.session?.proof.excuse(at: now)
        let presence = PresenceWatch(isPossible: self.canBeShown)
        self.session?.presence = presence
        if self.lastEcho != nil { self.planPresence(at: now) }
    }

    /// When the announcement is to be repeated, or reconsidered.
    private func heartbeatDue(_ session: Session) -> Instant? {
        guard let due = self.schedule.due else { return nil }
        // The one before is still on its way: another one would wait behind it and make the wait longer.
        return session.proof.echoDue.map { max(due, $0) } ?? due
    }

    /// When the session is to be checked: a stretched heartbeat alone would notice a dead connection too late, and the
    /// medium's clock would be known too badly.
    private func probeDue(_ session: Session) -> Instant? {
        guard !session.proof.isProbing, !session.proof.isAwaitingEcho, let due = self.schedule.due else { return nil }
        let check = session.proof.lastEvidence.advanced(by: self.configuration.heartbeatInterval)
        return check.advanced(by: self.configuration.heartbeatInterval.halved) < due ? check : nil
    }

    mutating func probe(at now: Instant) -> [Action] {
        guard let session = self.session, !session.proof.isProbing else { return [] }
        self.session?.proof.probing(at: now)
        return [.probe]
    }
}
