import ClusterFormation

@testable import ClusterFormationPostgres

/// Nodes that seek to lead on one model server, in virtual time, with late timers, slow answers and faults.
struct LeaderSimulation {
    enum Fault: CaseIterable {
        /// The server ends one session; its client learns of it.
        case terminate
        /// All sessions end at once.
        case restart
        /// What a client and the server say to each other arrives when the cut is over.
        case cut
        /// A child returns.
        case childReturns
        /// A node is shut down gracefully, and another one starts in its place.
        case replace
        /// A node's process is gone without a word, and another one starts in its place.
        case kill
        /// A node's process stands still for a while: its child, its clock's timers, its answers.
        case freeze
    }

    struct Begin: Equatable {
        var token: Int64
        var at: Instant
    }

    private enum Event {
        case timer, question, open, fault, childEnds, idleCheck
        case request(Int32, LeaderMachine.Question, askedAt: Instant)
        case answer(Int32, LeaderMachine.Answer, askedAt: Instant)
        case lost(Int32)
    }

    private struct Entry {
        var at: Instant
        var node: Int
        /// Which life of the node it is for.
        var life: Int
        var event: Event
    }

    private struct Node {
        var machine: LeaderMachine
        var life: Int
        var session: Int32?
        var isAsking = false
        var isChildRunning = false
        var wasFrozen = false
        var cutUntil = Instant.start
        var frozenUntil = Instant.start
    }

    private static let idleCheckInterval: Duration = .milliseconds(50)

    let configuration: LeaderConfiguration
    private let faults: [Fault]
    private let faultInterval: Duration
    /// How long a child may take to end, of what it has for that.
    private let slowness: Double
    private var generator: SeededGenerator
    private var server: ModelServer
    private var nodes: [Node] = []
    private var queue: [Entry] = []
    private var lives = 0
    private var now = Instant.start

    private(set) var begins: [Begin] = []
    private(set) var violations: [String] = []
    /// How long each time without a child was.
    private(set) var gaps: [Duration] = []
    private var gapStart: Instant? = .start

    init(
        nodes count: Int = 3,
        faults: [Fault],
        every faultInterval: Duration = .seconds(20),
        slowness: Double = 0.9,
        seed: UInt64
    ) {
        let configuration = LeaderConfiguration()
        self.configuration = configuration
        self.faults = faults
        self.faultInterval = faultInterval
        self.slowness = slowness
        self.generator = SeededGenerator(seed: seed)
        self.server = ModelServer(idleTimeout: configuration.idleTimeout)
        for index in 0..<count {
            self.nodes.append(Node(machine: LeaderMachine(configuration: configuration, seed: seed), life: 0))
            self.startLife(index)
        }
        self.schedule(.fault, for: 0, after: faultInterval)
        self.schedule(.idleCheck, for: 0, after: Self.idleCheckInterval)
    }

    mutating func run(until end: Instant) {
        while let entry = self.queue.first, entry.at <= end {
            self.queue.removeFirst()
            self.now = entry.at
            switch entry.event {
            case .fault: self.strike()
            case .idleCheck: self.checkIdle()
            case .request(let session, let question, let askedAt):
                self.serve(question, from: entry.node, on: session, askedAt: askedAt, life: entry.life)
            case .timer, .question, .open, .childEnds, .answer, .lost:
                guard self.nodes[entry.node].life == entry.life else { continue }
                if self.nodes[entry.node].frozenUntil > self.now {
                    self.insert(
                        Entry(
                            at: self.nodes[entry.node].frozenUntil.advanced(by: self.random(.zero, .milliseconds(5))),
                            node: entry.node,
                            life: entry.life,
                            event: entry.event
                        )
                    )
                } else {
                    self.happen(entry.event, at: entry.node)
                }
            }
        }
    }

    // MARK: A node

    private mutating func startLife(_ index: Int) {
        self.lives += 1
        self.nodes[index] = Node(
            machine: LeaderMachine(configuration: self.configuration, seed: self.generator.next()),
            life: self.lives
        )
        self.schedule(.open, for: index, after: self.random(.zero, .seconds(1)))
    }

    private mutating func happen(_ event: Event, at index: Int) {
        switch event {
        case .open:
            guard self.nodes[index].session == nil, self.nodes[index].machine.wantsSession else { return }
            guard self.nodes[index].cutUntil <= self.now else {
                return self.schedule(.open, for: index, after: .milliseconds(200))
            }
            let session = self.server.open(by: index, at: self.now)
            self.nodes[index].session = session
            self.nodes[index].isAsking = false
            self.nodes[index].machine.sessionOpened(processID: session, at: self.now)
            self.perform([], at: index)
        case .timer:
            guard let deadline = self.nodes[index].machine.deadline, deadline <= self.now else { return }
            self.perform(self.nodes[index].machine.timerFired(at: self.now), at: index)
        case .question:
            guard let session = self.nodes[index].session, !self.nodes[index].isAsking,
                let (question, due) = self.nodes[index].machine.question, due <= self.now
            else { return }
            self.nodes[index].isAsking = true
            self.schedule(
                .request(session, question, askedAt: self.now),
                for: index,
                after: self.latency(of: index)
            )
        case .answer(let session, let answer, let askedAt):
            guard self.nodes[index].session == session else { return }
            self.nodes[index].isAsking = false
            let actions = self.nodes[index].machine.answered(answer, askedAt: askedAt, at: self.now)
            self.perform(actions, at: index)
        case .lost(let session):
            guard self.nodes[index].session == session else { return }
            self.nodes[index].session = nil
            self.perform(self.nodes[index].machine.sessionLost(at: self.now), at: index)
        case .childEnds:
            guard self.nodes[index].isChildRunning else { return }
            self.nodes[index].isChildRunning = false
            self.noteEnd()
            self.perform(self.nodes[index].machine.childEnded(hasFailed: false, at: self.now), at: index)
        case .fault, .idleCheck, .request: break
        }
    }

    private mutating func perform(_ actions: [LeaderMachine.Action], at index: Int) {
        for action in actions {
            switch action {
            case .begin(let token): self.begin(token, at: index)
            // A late timer and a slow child share the time that a child may take.
            case .cancelChild:
                self.schedule(
                    .childEnds,
                    for: index,
                    after: self.random(.zero, self.configuration.stopTime * self.slowness)
                )
            case .closeSession: self.close(index)
            case .end: break
            case .childOverdue:
                if !self.nodes[index].wasFrozen { self.violations.append("a child of \(index) was overdue") }
            }
        }
        if let (_, due) = self.nodes[index].machine.question {
            self.schedule(.question, for: index, after: max(.zero, self.now.duration(to: due)) + self.lateness)
        }
        if let deadline = self.nodes[index].machine.deadline {
            self.schedule(.timer, for: index, after: max(.zero, self.now.duration(to: deadline)) + self.lateness)
        }
        if self.nodes[index].machine.wantsSession {
            if self.nodes[index].session != nil { self.close(index) }
            self.schedule(.open, for: index, after: self.random(.milliseconds(1), .milliseconds(500)))
        }
        if self.nodes[index].machine.isFinished { self.startLife(index) }
    }

    private mutating func begin(_ token: Int64, at index: Int) {
        for (other, node) in self.nodes.enumerated() where node.isChildRunning && !node.wasFrozen {
            self.violations.append("\(index) began at \(self.now) beside \(other)")
        }
        if let last = self.begins.last, last.token >= token {
            self.violations.append("\(index) began with \(token) after \(last.token)")
        }
        self.begins.append(Begin(token: token, at: self.now))
        self.nodes[index].isChildRunning = true
        self.nodes[index].wasFrozen = false
        if let start = self.gapStart { self.gaps.append(start.duration(to: self.now)) }
        self.gapStart = nil
    }

    private mutating func noteEnd() {
        if self.gapStart == nil, !self.nodes.contains(where: \.isChildRunning) { self.gapStart = self.now }
    }

    private mutating func close(_ index: Int) {
        guard let session = self.nodes[index].session else { return }
        self.nodes[index].session = nil
        // The server learns of it when the closing arrives; until then it may answer what is under way.
        if self.nodes[index].cutUntil <= self.now { self.server.end(session) }
    }

    // MARK: The server and the way to it

    private mutating func serve(
        _ question: LeaderMachine.Question,
        from index: Int,
        on session: Int32,
        askedAt: Instant,
        life: Int
    ) {
        guard let answer = self.server.answer(question, to: session, at: self.now) else { return }
        let way = self.latency(of: index)
        self.insert(
            Entry(
                at: self.now.advanced(by: way),
                node: index,
                life: life,
                event: .answer(session, answer, askedAt: askedAt)
            )
        )
    }

    private mutating func end(_ session: Int32, of client: Int) {
        self.server.end(session)
        guard self.nodes[client].session == session else { return }
        self.schedule(.lost(session), for: client, after: self.latency(of: client))
    }

    private mutating func checkIdle() {
        for (session, client) in self.server.endIdle(at: self.now) { self.end(session, of: client) }
        self.schedule(.idleCheck, for: 0, after: Self.idleCheckInterval)
    }

    private mutating func latency(of index: Int) -> Duration {
        let isSlow = UInt64.random(in: 0..<50, using: &self.generator) == 0
        let way = self.random(.microseconds(50), isSlow ? .milliseconds(1_500) : .milliseconds(5))
        return max(.zero, self.now.duration(to: self.nodes[index].cutUntil)) + way
    }

    // MARK: Faults

    private mutating func strike() {
        self.schedule(.fault, for: 0, after: self.random(self.faultInterval / 4, self.faultInterval * 1.75))
        guard let fault = self.faults.randomElement(using: &self.generator) else { return }
        // Mostly the leader, since nothing much can happen to the others.
        let leader = self.nodes.firstIndex(where: \.isChildRunning)
        let anyone = Int.random(in: self.nodes.indices, using: &self.generator)
        let index = Bool.random(using: &self.generator) ? leader ?? anyone : anyone
        switch fault {
        case .terminate:
            if let session = self.nodes[index].session { self.end(session, of: index) }
        case .restart:
            for (session, entry) in self.server.sessions.sorted(by: { $0.key < $1.key }) {
                self.end(session, of: entry.client)
            }
        case .cut:
            self.nodes[index].cutUntil = self.now.advanced(by: self.random(.milliseconds(100), .seconds(20)))
        case .childReturns:
            self.schedule(.childEnds, for: index, after: .zero)
        case .replace:
            self.perform(self.nodes[index].machine.shutDown(gracefully: true, at: self.now), at: index)
            if self.nodes[index].isChildRunning {
                self.schedule(.childEnds, for: index, after: self.random(.zero, .seconds(15)))
            }
        case .kill:
            let wasRunning = self.nodes[index].isChildRunning
            self.close(index)
            self.startLife(index)
            if wasRunning { self.noteEnd() }
        case .freeze:
            self.nodes[index].frozenUntil = self.now.advanced(by: self.random(.milliseconds(100), .seconds(30)))
            self.nodes[index].wasFrozen = true
        }
    }

    // MARK: Time

    /// A timer is always late.
    private var lateness: Duration {
        mutating get { self.random(.microseconds(1), self.configuration.stopTime * 0.05) }
    }

    private mutating func random(_ least: Duration, _ most: Duration) -> Duration {
        least + (most - least) * Double.random(in: 0...1, using: &self.generator)
    }

    private mutating func schedule(_ event: Event, for index: Int, after delay: Duration) {
        let life = self.nodes[index].life
        self.insert(Entry(at: self.now.advanced(by: delay), node: index, life: life, event: event))
    }

    private mutating func insert(_ entry: Entry) {
        let position = self.queue.lastIndex { $0.at <= entry.at }
        self.queue.insert(entry, at: position.map { $0 + 1 } ?? 0)
    }
}
