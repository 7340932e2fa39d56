import ClusterAnnouncements
import ClusterFormation
import Testing

extension InstanceID {
    /// The instance with a number: the smaller, the earlier its turn.
    static func numbered(_ number: Int) -> InstanceID { InstanceID(high: UInt64(number), low: 7) }
}

extension Endpoint {
    static func numbered(_ number: Int) -> Endpoint {
        do {
            return try Endpoint(host: "10.0.\(number / 250).\(number % 250 + 1)", port: 7337)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

extension Envelope {
    /// What the numbered node announces.
    static func announcement(
        of number: Int,
        sequence: UInt64 = 1,
        at endpoint: Endpoint? = nil,
        timeToLive: Duration = .seconds(20),
        isJoining: Bool = false,
        uptime: Duration = .zero,
        showsPresence: Bool = true,
        acknowledging acknowledgement: Acknowledgement? = nil,
        metadata: [String: String] = [:]
    ) -> Envelope {
        let announcement = Announcement(
            endpoint: endpoint ?? .numbered(number),
            timeToLive: timeToLive,
            isJoining: isJoining,
            uptime: uptime,
            showsPresence: showsPresence,
            acknowledgement: acknowledgement,
            metadata: metadata
        )
        return Envelope(sender: .numbered(number), sequence: sequence, message: .announce(announcement))
    }

    static func leave(of number: Int, sequence: UInt64) -> Envelope {
        Envelope(sender: .numbered(number), sequence: sequence, message: .leave)
    }

    static func roster(of number: Int, sequence: UInt64, naming entries: [Roster.Entry]) -> Envelope {
        Envelope(sender: .numbered(number), sequence: sequence, message: .roster(Roster(entries: entries)))
    }

    static func absent(_ absent: [Int], saidBy number: Int, sequence: UInt64) -> Envelope {
        Envelope(sender: .numbered(number), sequence: sequence, message: .absent(absent.map { .numbered($0) }))
    }

    var announcement: Announcement? {
        if case .announce(let announcement) = self.message { announcement } else { nil }
    }
}

extension Roster.Entry {
    static func numbered(
        _ number: Int,
        sequence: UInt64 = 1,
        remaining: Duration = .seconds(20),
        uptime: Duration = .zero,
        isProven: Bool = true
    ) -> Roster.Entry {
        Roster.Entry(
            instance: .numbered(number),
            endpoint: .numbered(number),
            sequence: sequence,
            remaining: remaining,
            uptime: uptime,
            isProven: isProven,
            showsPresence: true
        )
    }
}

/// One machine, the time, and a medium that can be told to swallow its own messages.
struct TestNode: CustomTestStringConvertible {
    typealias Action = AnnouncementProtocol.Action

    let number: Int
    var machine: AnnouncementProtocol
    var now = Instant.start
    var processID: Int32
    /// Whether its own messages come back.
    var echoes = true
    /// Whether the server answers probes.
    var answersProbes = true
    /// The instances whose sessions the server shows; nil where it shows none.
    var present: Set<Int32>?
    /// Whether the server shows its own session.
    var isShown = true

    init(
        _ number: Int = 50,
        requiresProof: Bool = false,
        seed: UInt64 = 1,
        configuration: AnnouncementConfiguration = AnnouncementConfiguration()
    ) {
        self.number = number
        self.processID = Int32(1_000 + number)
        self.machine = AnnouncementProtocol(
            configuration: configuration,
            localNode: Node(endpoint: .numbered(number)),
            instance: .numbered(number),
            requiresProof: requiresProof,
            seed: seed,
            at: .start
        )
    }

    /// A node whose session is open and proven, and which has found that it is alone.
    static func settled(
        _ number: Int = 50,
        requiresProof: Bool = false,
        seed: UInt64 = 1,
        configuration: AnnouncementConfiguration = AnnouncementConfiguration()
    ) -> TestNode {
        var node = TestNode(number, requiresProof: requiresProof, seed: seed, configuration: configuration)
        node.open()
        node.advance(by: .seconds(1))
        return node
    }

    @discardableResult
    mutating func open() -> [Action] {
        self.complete(self.machine.sessionOpened(processID: self.processID, isShown: self.isShown, at: self.now))
    }

    mutating func lose() {
        self.machine.sessionLost(at: self.now)
    }

    /// Hears a message from its sender's own session, or from another.
    @discardableResult
    mutating func hear(_ envelope: Envelope, fromSession processID: Int32? = nil) -> [Action] {
        let processID = processID ?? Int32(1_000 + Int(envelope.sender.high))
        return self.complete(self.machine.received(envelope, processID: processID, at: self.now))
    }

    /// Lets time pass; returns what the machine asked for meanwhile, up to and including a silent session.
    @discardableResult
    mutating func advance(by duration: Duration) -> [Action] {
        let end = self.now.advanced(by: duration)
        var all: [Action] = []
        while let deadline = self.machine.nextDeadline, deadline <= end {
            self.now = max(self.now, deadline)
            let actions = self.machine.timerFired(at: self.now)
            all += actions
            if actions.contains(where: { if case .sessionSilent = $0 { true } else { false } }) { return all }
            if let next = self.machine.nextDeadline {
                #expect(next > self.now, "a timer that is due again at once would spin")
            }
            all += self.complete(actions).dropFirst(actions.count)
        }
        self.now = end
        return all
    }

    /// Stands still, as a stopped process does: no timer fires.
    mutating func freeze(for duration: Duration) {
        self.now = self.now.advanced(by: duration)
    }

    /// Does what the medium does: echoes, answers.
    private mutating func complete(_ actions: [Action]) -> [Action] {
        var all = actions
        for action in actions {
            switch action {
            case .send(let envelope) where self.echoes:
                all += self.complete(self.machine.received(envelope, processID: self.processID, at: self.now))
            case .sendRoster where self.echoes:
                let own = Envelope(
                    sender: .numbered(self.number),
                    sequence: self.machine.takeSequence(),
                    message: .roster(Roster(entries: []))
                )
                all += self.complete(self.machine.received(own, processID: self.processID, at: self.now))
            case .probe where self.answersProbes:
                self.machine.probeSucceeded(at: self.now)
            case .inspectPresence:
                all += self.complete(self.machine.presence(self.present, at: self.now))
            case .send, .sendRoster, .found, .heardAgain, .lost, .proven, .sessionSilent, .probe, .endpointConflict,
                .dropped:
                break
            }
        }
        return all
    }

    var testDescription: String { "node \(self.number) at \(self.now.sinceStart)" }

    func knows(_ number: Int) -> Bool { self.machine.knows(.numbered(number)) }
}

extension [AnnouncementProtocol.Action] {
    var announcements: [Announcement] {
        self.compactMap { if case .send(let envelope) = $0 { envelope.announcement } else { nil } }
    }

    var sent: [Envelope] {
        self.compactMap { if case .send(let envelope) = $0 { envelope } else { nil } }
    }

    var rosters: [[Roster.Entry]] {
        self.compactMap { if case .sendRoster(let entries) = $0 { entries } else { nil } }
    }

    var found: [Node] {
        self.compactMap { if case .found(let node) = $0 { node } else { nil } }
    }

    var lost: [InstanceID: LossReason] {
        self.reduce(into: [:]) { result, action in
            if case .lost(let node, let reason) = action, let instance = node.instance { result[instance] = reason }
        }
    }

    var drops: [AnnouncementProtocol.DropReason] {
        self.compactMap { if case .dropped(let reason) = $0 { reason } else { nil } }
    }

    var conflicts: [Endpoint] {
        self.compactMap { if case .endpointConflict(let endpoint, _) = $0 { endpoint } else { nil } }
    }

    var silences: [AnnouncementProtocol.Silence] {
        self.compactMap { if case .sessionSilent(let silence) = $0 { silence } else { nil } }
    }

    var looks: Int { self.count { if case .inspectPresence = $0 { true } else { false } } }
}
