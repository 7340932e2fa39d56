internal import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ
internal import Locking
internal import Logging

/// The shell around ``LeaderMachine``: keeps a session, asks and keeps time, and runs the child.
actor LeaderDriver {
    typealias Lead = @Sendable (Leadership) async throws -> Void

    private let key: String
    private let connector: PostgresConnector
    private let configuration: LeaderConfiguration
    private let clock: ClusterClock
    private let lead: Lead
    private let logger: Logger

    private var machine: LeaderMachine
    private var report: LeaderReport
    private var backoff: SessionBackoff
    private var generator = SystemRandomNumberGenerator()
    /// How many children in a row have ended by themselves without having held.
    private var childFailures = 0
    private var pauseEnd = Instant.start

    /// The end of the session that is open, and why this node wants it.
    private var closeSession: WakeSignal?
    private var fault: LeaderMachine.Fault?

    private struct Turn: Sendable {
        var leadership: Leadership
        var lease: Lease
        var beganAt: Instant
        let stop = WakeSignal()
    }

    private var turn: Turn?
    private let turns: AsyncStream<Turn>
    private let turnsEnd: AsyncStream<Turn>.Continuation

    /// Each is waited for by one task of ``run()``; all of them look again after every change.
    private let timerSignal = WakeSignal()
    private let questionSignal = WakeSignal()
    private let sessionSignal = WakeSignal()
    private let shutdownSignal = WakeSignal()
    private let shutdown = Locked<(isWanted: Bool, isGraceful: Bool)>((false, true))

    init(
        key: String,
        connector: PostgresConnector,
        configuration: LeaderConfiguration,
        clock: ClusterClock,
        logger: Logger,
        report: LeaderReport,
        lead: @escaping Lead
    ) {
        var generator = SystemRandomNumberGenerator()
        self.key = key
        self.connector = connector
        self.configuration = configuration
        self.clock = clock
        self.lead = lead
        self.logger = logger
        self.report = report
        self.machine = LeaderMachine(configuration: configuration, seed: generator.next())
        self.backoff = SessionBackoff(hasSeveralServers: connector.string.namesSeveralServers)
        (self.turns, self.turnsEnd) = AsyncStream.makeStream()
    }

    // MARK: Life

    /// Takes part until it is shut down; to be called in a task that is never cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepTime() }
            group.addTask { await self.awaitShutdown() }
            group.addTask { for await turn in self.turns { await self.take(turn) } }
            await self.keepSessions()
            self.turnsEnd.finish()
            self.shutdownSignal.wake()
        }
        self.report.stopped()
    }

    /// From any thread: gracefully, or at once.
    nonisolated func shutDown(gracefully: Bool) {
        self.shutdown.withLock { $0 = (true, $0.isGraceful && gracefully) }
        self.shutdownSignal.wake()
    }

    private func awaitShutdown() async {
        while !self.machine.isFinished {
            let (isWanted, isGraceful) = self.shutdown.withLock { $0 }
            if isWanted { self.perform(self.machine.shutDown(gracefully: isGraceful, at: self.clock.now)) }
            guard !self.machine.isFinished else { return }
            await self.shutdownSignal.wait()
        }
    }

    private func keepTime() async {
        while !self.machine.isFinished {
            guard let deadline = self.machine.deadline else {
                await self.timerSignal.wait()
                continue
            }
            if deadline <= self.clock.now {
                self.perform(self.machine.timerFired(at: self.clock.now))
            } else {
                await self.clock.sleep(until: deadline, or: self.timerSignal)
            }
        }
    }

    // MARK: Sessions

    private func keepSessions() async {
        while !self.machine.isFinished {
            guard self.machine.wantsSession else {
                // A child of the last session still runs.
                await self.sessionSignal.wait()
                continue
            }
            guard self.pauseEnd <= self.clock.now else {
                await self.clock.sleep(until: self.pauseEnd, or: self.sessionSignal)
                continue
            }
            guard let error = await self.live(), !self.machine.isShuttingDown else { continue }
            self.report.failed(error)
            let delay = self.backoff.next(after: error.code, members: 1, using: &self.generator)
            self.logger.debug(
                "Opening a new session after a wait",
                metadata: [LogKey.reason: "\(error.code)", LogKey.delay: "\(delay)"]
            )
            self.pauseEnd = max(self.pauseEnd, self.clock.now.advanced(by: delay))
        }
    }

    /// Lives on one session; returns why it was lost, or nil when this node wanted its end.
    private func live() async -> NotifierError? {
        let close = WakeSignal()
        (self.closeSession, self.fault) = (close, nil)
        defer { self.closeSession = nil }
        let error = await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask { await self.openAndConverse() }
            group.addTask {
                await close.wait()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        if let fault = self.fault { return NotifierError(fault, leaseTime: self.configuration.leaseTime) }
        return error.map { NotifierError(leading: $0) }
    }

    private func openAndConverse() async -> (any Error)? {
        let connection: LeaderConnection
        do {
            let shared = try await self.connector.connect(
                applicationName: self.configuration.applicationName ?? Self.applicationName(self.key)
            )
            connection = LeaderConnection(
                shared,
                locks: LeaderLocks(key: self.key),
                timeout: self.connector.configuration.statementTimeout
            )
        } catch {
            return NotifierError.wrapping(error)
        }
        do {
            try await connection.prepare(idleTimeout: self.configuration.idleTimeout)
            self.machine.sessionOpened(processID: connection.processID, at: self.clock.now)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await connection.watch() }
                group.addTask { try await self.converse(on: connection) }
                defer { group.cancelAll() }
                // The first that ends takes the session with it.
                try await group.next()
            }
            await connection.close(within: .seconds(1))
            return nil
        } catch {
            // The child hears of it before the session is closed, which takes its time when the connection is half open.
            self.perform(self.machine.sessionLost(at: self.clock.now))
            await connection.close(within: .milliseconds(100))
            return error
        }
    }

    private func converse(on connection: LeaderConnection) async throws {
        while let (question, due) = self.machine.question {
            let askedAt = self.clock.now
            guard due <= askedAt else {
                await self.clock.sleep(until: due, or: self.questionSignal)
                try Task.checkCancellation()
                continue
            }
            let answer = try await connection.ask(question)
            if case .tried = answer {
                self.backoff.succeeded()
                self.report.works()
            }
            self.perform(self.machine.answered(answer, askedAt: askedAt, at: self.clock.now))
        }
    }

    /// Cut to the 63 bytes that PostgreSQL shows of it.
    private static func applicationName(_ key: String) -> String {
        String(decoding: "leader \(key)".utf8.prefix(63), as: UTF8.self)
    }

    // MARK: The child

    private enum Outcome: Sendable {
        case returned
        case failed(any Error)
        case cancelled
    }

    private func take(_ turn: Turn) async {
        let outcome = await Self.run(self.lead, in: turn)
        let now = self.clock.now
        var hasFailed = false
        // Otherwise it was told to end, and what it says to that is not its own failure.
        if self.machine.isLeading, !self.machine.isShuttingDown {
            if case .failed(let error) = outcome {
                hasFailed = true
                self.report.childFailed(error)
            }
            let hasHeld = turn.beganAt.duration(to: now) > self.configuration.restartBackoff.maximum
            self.childFailures = hasHeld ? 1 : self.childFailures + 1
            let delay = self.configuration.restartBackoff.delay(
                afterFailures: self.childFailures,
                using: &self.generator
            )
            self.pauseEnd = now.advanced(by: delay)
        }
        self.perform(self.machine.childEnded(hasFailed: hasFailed, at: now))
    }

    private static func run(_ lead: @escaping Lead, in turn: Turn) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                // It may have been told to end before it could begin.
                guard turn.leadership.timeLeft > .zero else { return .returned }
                do {
                    try await lead(turn.leadership)
                    return .returned
                } catch {
                    return .failed(error)
                }
            }
            group.addTask {
                await turn.stop.wait()
                return .cancelled
            }
            var outcome = await group.next() ?? .cancelled
            group.cancelAll()
            if case .cancelled = outcome { outcome = await group.next() ?? .cancelled }
            await group.waitForAll()
            return outcome
        }
    }

    // MARK: What the machine asks for

    private func perform(_ actions: [LeaderMachine.Action]) {
        for action in actions {
            switch action {
            case .begin(let token): self.begin(token)
            case .cancelChild:
                self.turn?.lease.finish()
                self.turn?.stop.wake()
            case .end(let end):
                self.turn?.lease.finish()
                self.report.ended(end, token: self.turn?.leadership.fencingToken)
            case .closeSession(let fault):
                self.fault = fault
                self.closeSession?.wake()
            case .childOverdue: self.report.childOverdue(after: self.configuration.stopTime)
            }
        }
        if let end = self.machine.leaseEnd { self.turn?.lease.extend(to: end) }
        // Also without an action: whatever has happened may have brought the next deadline forward.
        self.timerSignal.wake()
        self.questionSignal.wake()
        self.sessionSignal.wake()
    }

    private func begin(_ token: Int64) {
        let now = self.clock.now
        let lease = Lease(until: self.machine.leaseEnd ?? now, clock: self.clock)
        let leadership = Leadership(key: self.key, fencingToken: token, lease: lease)
        let turn = Turn(leadership: leadership, lease: lease, beganAt: now)
        self.turn = turn
        self.report.began(leadership)
        self.turnsEnd.yield(turn)
    }
}
