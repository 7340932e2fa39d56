import ClusterFormation
import ClusterSimulation
import Testing

@testable import ClusterAnnouncements

/// One machine, the time, and a medium that can be told to swallow what it is to deliver or to answer.
struct TestNode: CustomTestStringConvertible {
    let number: Int
    var machine: AnnouncementProtocol
    private(set) var now = Instant.start
    private(set) var processID: Int32
    /// Whether what it has stamped can be encoded, and is sent.
    var sends = true
    /// Whether its own messages come back.
    var echoes = true
    /// Whether the server answers statements and probes.
    var answers = true
    /// The sessions that the server shows; nil where it shows none.
    var present: Set<PresentSession>?
    /// Whether the server answers that question at once; otherwise a test does.
    var answersLooks = true
    /// Whether the server shows its own session.
    var isShown = true
    /// By how much the server's clock was set.
    private var clockStep = Duration.zero
    private var alarm = TestAlarm()
    /// How often its timer rang.
    private(set) var rings = 0
    private let interpreter: ActionInterpreter

    init(
        _ number: Int = 50,
        seed: UInt64 = 1,
        isKeyed: Bool = false,
        medium: Medium = .postgres,
        configuration: AnnouncementConfiguration = AnnouncementConfiguration()
    ) {
        self.number = number
        self.interpreter = ActionInterpreter(isKeyed: isKeyed)
        self.processID = Self.session(of: number) - Self.sessionStep
        self.machine = AnnouncementProtocol(
            configuration: configuration,
            medium: medium,
            messageBytes: AnnouncementCodec.textLimit(isSealed: isKeyed, medium: .postgres),
            localNode: Node(endpoint: .numbered(number)),
            instance: .numbered(number),
            seed: seed,
            at: .start
        )
    }

    /// A node whose session is open and proven, and which has found that it is alone.
    static func settled(
        _ number: Int = 50,
        seed: UInt64 = 1,
        isKeyed: Bool = false,
        medium: Medium = .postgres,
        configuration: AnnouncementConfiguration = AnnouncementConfiguration()
    ) -> TestNode {
        var node = TestNode(number, seed: seed, isKeyed: isKeyed, medium: medium, configuration: configuration)
        node.open()
        node.advance(by: .seconds(1))
        return node
    }

    private static let sessionStep: Int32 = 1_000_000

    /// The process id of the session that the numbered node has first, or later.
    static func session(of number: Int, _ life: Int32 = 1) -> Int32 { life * self.sessionStep + Int32(number) }

    // MARK: The server

    var serverTime: Moment { .after(self.now.duration(from: .start) + self.clockStep) }

    mutating func stepClock(by step: Duration) { self.clockStep += step }

    // MARK: What happens

    @discardableResult
    mutating func open() -> Reaction {
        self.processID += Self.sessionStep
        let (processID, isShown) = (self.processID, self.isShown)
        return self.call { machine, now, moment in
            machine.sessionOpened(processID: processID, isShown: isShown, openedAt: moment, at: now)
        }
    }

    mutating func lose() {
        self.machine.sessionLost(at: self.now)
        self.alarm.set(for: self.machine.nextDeadline, now: self.now)
    }

    /// A message as it is made at an earlier moment, for its sender's first session or for another.
    func made(_ envelope: Envelope, ago age: Duration = .zero, session: Int32? = nil) -> Envelope {
        var envelope = envelope
        envelope.moment = self.serverTime.advanced(by: .zero - age)
        envelope.processID = session ?? Self.session(of: Int(envelope.sender.high))
        return envelope
    }

    /// Hears a message that was made just now, or some time ago, and comes from the session for which it was made.
    @discardableResult
    mutating func hear(
        _ envelope: Envelope,
        madeAgo age: Duration = .zero,
        session: Int32? = nil,
        isFromOutside: Bool = true
    ) -> Reaction {
        self.receive(self.made(envelope, ago: age, session: session), isFromOutside: isFromOutside)
    }

    /// Hears a message as it is, from the session for which it was made or from another.
    @discardableResult
    mutating func receive(
        _ envelope: Envelope,
        from session: Int32? = nil,
        isFromOutside: Bool = true
    ) -> Reaction {
        self.call { machine, now, _ in
            machine.received(
                envelope,
                processID: session ?? envelope.processID,
                isFromOutside: isFromOutside,
                at: now
            )
        }
    }

    /// A newcomer begins to listen now, and the two of them hear each other for a while.
    mutating func meet(_ newcomer: inout TestNode) {
        newcomer.freeze(for: newcomer.now.duration(to: self.now))
        var said = newcomer.open().sent
        for _ in 0..<300 {
            var answered: [Envelope] = []
            for envelope in said { answered += self.receive(envelope).sent }
            answered += self.advance(by: .milliseconds(1)).sent
            said = newcomer.advance(by: .milliseconds(1)).sent
            for envelope in answered { said += newcomer.receive(envelope).sent }
        }
    }

    /// Lets time pass; returns what the machine did meanwhile, up to and including a silent session.
    @discardableResult
    mutating func advance(by duration: Duration) -> Reaction {
        let end = self.now.advanced(by: duration)
        var all = Reaction()
        while let at = self.alarm.at, at <= end {
            self.now = max(self.now, at)
            self.rings += 1
            all += self.call { machine, now, _ in
                let actions = machine.timerFired(at: now)
                let isSilent = actions.contains { if case .sessionSilent = $0 { true } else { false } }
                if let next = machine.nextDeadline, !isSilent {
                    #expect(next > now, "a timer that is due again at once would spin")
                }
                return actions
            }
            if !all.silences.isEmpty { return all }
        }
        self.now = end
        return all
    }

    /// Stands still, as a stopped process does: no timer fires.
    mutating func freeze(for duration: Duration) {
        self.now = self.now.advanced(by: duration)
    }

    /// Calls the machine, and does what it asks for.
    @discardableResult
    mutating func call(
        _ body: (inout AnnouncementProtocol, Instant, Moment) -> [AnnouncementProtocol.Action]
    ) -> Reaction {
        let actions = body(&self.machine, self.now, self.serverTime)
        let reaction = self.perform(actions)
        self.alarm.set(for: self.machine.nextDeadline, now: self.now)
        return reaction
    }

    /// Does what the medium does: answers, echoes.
    private mutating func perform(_ actions: [AnnouncementProtocol.Action]) -> Reaction {
        let answer = self.answers ? self.serverTime : nil
        let (sent, rest) =
            self.sends
            ? self.interpreter.perform(actions, of: &self.machine, at: self.now, answer: answer) : self.stamp(actions)
        var reaction = Reaction(sent: sent, actions: rest)
        if self.sends, self.echoes {
            for envelope in sent {
                reaction += self.perform(
                    self.machine.received(envelope, processID: self.processID, at: self.now)
                )
            }
        }
        for action in rest {
            switch action {
            case .probe:
                guard let answer else { continue }
                reaction += self.perform(self.machine.probeAnswered(with: answer, askedAt: self.now, at: self.now))
            case .inspectPresence:
                guard self.answersLooks else { continue }
                reaction += self.perform(self.machine.presence(self.present, at: self.now))
            case .send, .sendRoster, .found, .heardOf, .heardAgain, .lost, .proven, .sessionSilent, .endpointConflict,
                .clockStepped, .leftOut, .cutOff, .clocksDiffer, .reached, .dropped:
                break
            }
        }
        return reaction
    }

    /// Stamps what the machine wants to send, and finds that it can't be encoded, as the driver does.
    private mutating func stamp(
        _ actions: [AnnouncementProtocol.Action]
    ) -> (sent: [Envelope], rest: [AnnouncementProtocol.Action]) {
        var stamped: [Envelope] = []
        for action in actions {
            switch action {
            case .send(let message):
                stamped.append(self.machine.stamp(message, at: self.now))
            case .sendRoster:
                let roster = Roster(entries: self.machine.rosterEntries(at: self.now))
                stamped.append(self.machine.stamp(.roster(roster), at: self.now))
                self.machine.answerFailed(at: self.now)
            case .found, .heardOf, .heardAgain, .lost, .proven, .sessionSilent, .probe, .inspectPresence,
                .endpointConflict,
                .clockStepped, .leftOut, .cutOff, .clocksDiffer, .reached, .dropped:
                break
            }
        }
        return (stamped, actions)
    }

    // MARK: What can be asked

    var testDescription: String {
        "node \(self.number) after \(self.now.duration(from: .start)), timers late by \(LateTimers.lateness)"
    }

    func knows(_ number: Int) -> Bool { self.machine.knows(.numbered(number)) }
}

extension Instant {
    func duration(from other: Instant) -> Duration { other.duration(to: self) }
}
