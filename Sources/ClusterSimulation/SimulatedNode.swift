internal import ClusterAnnouncements
internal import ClusterFormation

/// One node of a simulation: the machine that runs in production, and what its process and its connection are doing.
struct SimulatedNode {
    /// What it has done that concerns others, too.
    enum Reaction: Sendable {
        case sent(Envelope, processID: Int32)
        case lost(Node, LossReason)
        case gaveSessionUp(processID: Int32, epoch: Int)
        /// It has asked whose sessions the server sees.
        case looked
    }

    /// What it meets outside of itself.
    struct Surroundings: Sendable {
        /// What the server shows of the open sessions.
        var presentSessions: Set<PresentSession>
        /// The server's time at the simulation's beginning.
        var epoch: Moment
        var latency: Int64
        var timerLateness: Int64
        var interpreter: ActionInterpreter

        func moment(at now: Int64) -> Moment { self.epoch.advanced(by: Duration(inNanoseconds: now)) }
    }

    enum Process {
        /// Not yet started, or ended.
        case none
        case running
        /// Stopped as by SIGSTOP; what it is sent waits for it.
        case frozen
    }

    let index: Int
    var machine: AnnouncementProtocol
    var process = Process.none
    /// How many faults cut it off from the server, which does not notice at once.
    var cuts = 0
    /// The process id of its session, 0 while it has none.
    var processID: Int32 = 0
    /// Grows when the session or the process changes: what was under way for the one before is void.
    var epoch = 0
    var backoff = SessionBackoff()
    /// When the machine wants to be called by itself.
    private var wakeAt = Int64.max
    /// When the server was asked, and when its answers are here.
    private var probedAt: Int64 = 0
    private var probeAnsweredAt = Int64.max
    private var presenceAnsweredAt = Int64.max
    /// What came while it was frozen.
    var unread: [(envelope: Envelope, processID: Int32)] = []
    /// What else it waited for, and came while it was frozen.
    var unseen: [SimulatedCluster.Event] = []
    /// Whether the session ended while it was frozen.
    var hasLostSession = false

    var isCutOff: Bool { self.cuts > 0 }

    /// Since when it runs and the server reaches it, if that is so.
    var reachableSince = Int64.max
    var isReachable: Bool { self.process == .running && !self.isCutOff && self.processID != 0 }

    /// Whether it has been reachable for long enough to have said so: a message that was lost before holds the next one
    /// back for as long as its echo may take.
    func isKnownToLive(at now: Int64) -> Bool {
        self.isReachable && now - self.reachableSince > self.machine.configuration.echoDeadline.inNanoseconds
    }

    var presenceKey: Int32 { PresenceKey.instance(self.machine.local) }

    /// Whether what is sent on the channel comes here.
    var isListening: Bool { self.processID != 0 && !self.isCutOff }

    /// When it does something by itself.
    var nextMoment: Int64 {
        self.process == .running ? min(self.wakeAt, self.probeAnsweredAt, self.presenceAnsweredAt) : .max
    }

    init(index: Int, machine: AnnouncementProtocol) {
        self.index = index
        self.machine = machine
    }

    // MARK: What happens to it

    /// Hears what was said before, and does what it does by itself, in order.
    mutating func live(
        through window: NodeShard.Window,
        _ outcome: inout NodeShard.Outcome,
        using generator: inout SeededGenerator
    ) {
        window.deliveries.withUnsafeBufferPointer { deliveries in
            self.live(through: window, deliveries, &outcome, using: &generator)
        }
    }

    /// Reads the deliveries where they are: a copy for each node would count.
    private mutating func live(
        through window: NodeShard.Window,
        _ deliveries: UnsafeBufferPointer<SimulatedServer.Delivery>,
        _ outcome: inout NodeShard.Outcome,
        using generator: inout SeededGenerator
    ) {
        var heard = 0
        while true {
            let own = self.nextMoment
            if heard < deliveries.count, self.isListening, deliveries[heard].at <= own {
                outcome.wakeUps += 1
                let isLost =
                    window.lossProbability > 0
                    && Double.random(in: 0..<1, using: &generator) < window.lossProbability
                if !isLost {
                    let reactions = self.hear(deliveries[heard], window.surroundings)
                    if !reactions.isEmpty { outcome.note(reactions, of: self.index, at: deliveries[heard].at) }
                    self.count(in: &outcome, after: heard, expectedPeers: window.expectedPeers)
                }
                heard += 1
            } else if own < window.until {
                let reactions = self.act(at: own, window.surroundings)
                outcome.note(reactions, of: self.index, at: own)
            } else {
                return
            }
        }
    }

    private func count(in outcome: inout NodeShard.Outcome, after heard: Int, expectedPeers: Int) {
        guard self.process == .running else { return }
        let count = self.machine.peerCount
        outcome.largestTable = max(outcome.largestTable, count)
        if count == expectedPeers { outcome.complete[heard] += 1 }
    }

    /// What was sent on the channel is here.
    mutating func hear(_ delivery: SimulatedServer.Delivery, _ surroundings: Surroundings) -> [Reaction] {
        guard self.process == .running else {
            self.unread.append((delivery.envelope, delivery.processID))
            return []
        }
        return self.call(at: delivery.at, surroundings) { machine, now in
            machine.received(delivery.envelope, processID: delivery.processID, at: now)
        }
    }

    /// The moment has come at which it does something by itself.
    mutating func act(at moment: Int64, _ surroundings: Surroundings) -> [Reaction] {
        if self.probeAnsweredAt <= moment {
            let probedAt = Instant(nanoseconds: self.probedAt)
            let answer = surroundings.moment(at: self.probeAnsweredAt - surroundings.latency)
            self.probeAnsweredAt = .max
            return self.call(at: moment, surroundings) { machine, now in
                machine.probeAnswered(with: answer, askedAt: probedAt, at: now)
            }
        }
        if self.presenceAnsweredAt <= moment {
            self.presenceAnsweredAt = .max
            return self.call(at: moment, surroundings) { machine, now in
                machine.presence(surroundings.presentSessions, at: now)
            }
        }
        return self.call(at: moment, surroundings) { machine, now in machine.timerFired(at: now) }
    }

    /// Calls the machine and does what it asks for.
    mutating func call(
        at moment: Int64,
        _ surroundings: Surroundings,
        _ body: (inout AnnouncementProtocol, Instant) -> [AnnouncementProtocol.Action]
    ) -> [Reaction] {
        let now = Instant(nanoseconds: moment)
        let deadline = self.machine.nextDeadline
        let (sent, rest) = surroundings.interpreter.perform(
            body(&self.machine, now),
            of: &self.machine,
            at: now,
            answer: self.isCutOff ? nil : surroundings.moment(at: moment)
        )
        var reactions = sent.map { Reaction.sent($0, processID: self.processID) }
        for action in rest { self.perform(action, at: moment, surroundings, &reactions) }
        // A timer that is set stays as late as it is, whatever is heard meanwhile.
        if self.machine.nextDeadline != deadline || self.wakeAt <= moment {
            self.wakeAt =
                self.machine.nextDeadline.map { max($0.nanoseconds, moment) + surroundings.timerLateness } ?? .max
        }
        return reactions
    }

    private mutating func perform(
        _ action: AnnouncementProtocol.Action,
        at moment: Int64,
        _ surroundings: Surroundings,
        _ reactions: inout [Reaction]
    ) {
        switch action {
        case .lost(let peer, let reason):
            reactions.append(.lost(peer, reason))
        case .proven:
            self.backoff.succeeded()
        case .sessionSilent:
            let processID = self.processID
            self.loseSession(at: moment)
            reactions.append(.gaveSessionUp(processID: processID, epoch: self.epoch))
        case .probe:
            self.probedAt = moment
            if !self.isCutOff { self.probeAnsweredAt = moment + surroundings.latency * 2 }
        case .inspectPresence:
            reactions.append(.looked)
            if !self.isCutOff { self.presenceAnsweredAt = moment + surroundings.latency * 2 }
        case .send, .sendRoster, .found, .heardOf, .heardAgain, .endpointConflict, .clockStepped, .leftOut, .cutOff,
            .clocksDiffer, .reached,
            .dropped:
            break
        }
    }

    /// It knows that its session is gone.
    mutating func loseSession(at moment: Int64) {
        self.processID = 0
        self.epoch += 1
        self.machine.sessionLost(at: Instant(nanoseconds: moment))
        self.forgetAppointments()
    }

    /// What it waited for belongs to a session or a life that is over.
    mutating func forgetAppointments() {
        (self.wakeAt, self.probeAnsweredAt, self.presenceAnsweredAt) = (.max, .max, .max)
    }

    /// What it waited for has come while it was stopped.
    mutating func postponeAppointments(to moment: Int64) {
        self.wakeAt = max(self.wakeAt, moment)
        self.probeAnsweredAt = max(self.probeAnsweredAt, moment)
        self.presenceAnsweredAt = max(self.presenceAnsweredAt, moment)
    }
}
