internal import ClusterFormation
internal import Logging

/// The shell around ``AnnouncementProtocol``: opens sessions, carries messages, keeps time.
///
/// It decides nothing about peers. Everything that happens is handed to the machine, on this actor, in the order in
/// which it happens; what the machine answers is done before the next thing is handed to it.
actor AnnouncementDriver<N: Notifier> {
    /// What the sending task does next.
    private enum Outgoing: Sendable {
        case payload(String)
        case probe
        case presence
    }

    private let notifier: N
    private let channel: String
    private let codec: AnnouncementCodec
    private let configuration: AnnouncementStrategy.Configuration
    private let context: StrategyContext
    private let metrics: AnnouncementMetrics
    private let instance: InstanceID
    private let request: NotifierSessionRequest
    private let timer = WakeSignal()

    private var machine: AnnouncementProtocol
    private var backoff = SessionBackoff()
    private var generator: SystemRandomNumberGenerator
    private var reports: ReportedOnce
    private var outgoing: AsyncStream<Outgoing>.Continuation?
    /// When the timer's task will wake by itself, while it sleeps.
    private var armed: Instant?
    private var condition = StrategyCondition.starting
    private var presenceNote: String?

    init(
        notifier: N,
        channel: String,
        codec: AnnouncementCodec,
        configuration: AnnouncementStrategy.Configuration,
        context: StrategyContext
    ) {
        var generator = SystemRandomNumberGenerator()
        let instance = context.localNode.instance ?? .random()
        self.notifier = notifier
        self.channel = channel
        self.codec = codec
        self.configuration = configuration
        self.context = context
        self.instance = instance
        self.metrics = AnnouncementMetrics(cluster: context.clusterName, factory: context.metricsFactory)
        self.request = NotifierSessionRequest(
            channel: channel,
            applicationName: Self.applicationName(context),
            presence: .init(
                cluster: AnnouncementProtocol.presenceKey(ofCluster: context.clusterName),
                instance: AnnouncementProtocol.presenceKey(of: instance)
            )
        )
        self.machine = AnnouncementProtocol(
            configuration: configuration.announcements,
            localNode: context.localNode,
            instance: instance,
            requiresProof: configuration.keys != nil,
            seed: generator.next(),
            at: context.clock.now
        )
        self.generator = generator
        self.reports = ReportedOnce()
    }

    /// Cut to the 63 bytes that PostgreSQL shows of it, the node's address being what an operator looks for.
    private static func applicationName(_ context: StrategyContext) -> String {
        String(decoding: "\(context.localNode.endpoint) \(context.clusterName)".utf8.prefix(63), as: UTF8.self)
    }

    // MARK: Sessions

    /// Opens one session after another until the task is cancelled.
    func run() async {
        if self.configuration.keys == nil {
            self.context.logger.info(
                "Announcements are not sealed: whoever may connect to the database can announce nodes; set a key to prevent it",
                metadata: [LogKey.channel: "\(self.channel)"]
            )
        }
        while !Task.isCancelled {
            let cause: NotifierError.Code?
            do {
                let session = try await self.open()
                self.metrics.sessionOpened()
                cause = await self.live(on: session)
            } catch {
                cause = self.noteLoss(error)
            }
            if let cause { await self.wait(after: cause) }
        }
        self.context.discovery.report(.stopped)
    }

    /// Opens a session, within a bound; one that opens too late is closed again.
    private func open() async throws -> N.Session {
        let (notifier, request, clock) = (self.notifier, self.request, self.context.clock)
        let timeout = self.configuration.openTimeout
        let deadline = clock.now.advanced(by: timeout)
        return try await withThrowingTaskGroup(of: N.Session?.self) { group in
            group.addTask { try await notifier.openSession(request) }
            group.addTask {
                try await clock.sleep(until: deadline)
                return nil
            }
            let first = await group.nextResult()
            group.cancelAll()
            while let late = await group.nextResult() {
                if case .success(let session?) = late { await session.close(farewell: nil, within: .seconds(1)) }
            }
            guard let first, let session = try first.get() else {
                throw NotifierError(
                    code: .unreachable,
                    message: "No session could be opened within \(timeout); check that the database can be reached."
                )
            }
            return session
        }
    }

    /// Lives on one session; returns why it was lost, or nil when the task was cancelled.
    private func live(on session: N.Session) async -> NotifierError.Code? {
        let (stream, continuation) = AsyncStream.makeStream(of: Outgoing.self)
        self.outgoing = continuation
        defer { self.outgoing = nil }
        var end: any Error = CancellationError()
        do {
            let (processID, now) = (session.processID, self.context.clock.now)
            try self.perform(self.machine.sessionOpened(processID: processID, isShown: session.isShown, at: now))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.listen(on: session) }
                group.addTask { try await self.send(stream, on: session) }
                group.addTask { try await self.keepTime() }
                defer { group.cancelAll() }
                // The first task that ends takes the session with it.
                try await group.next()
            }
        } catch {
            end = error
        }
        // The loss is told before the session is closed, which takes its time when the connection is half open.
        guard let cause = self.noteLoss(end) else {
            let farewell = try? self.codec.encode(self.machine.leave())
            await session.close(farewell: farewell, within: self.configuration.farewellTimeout)
            return nil
        }
        self.machine.sessionLost(at: self.context.clock.now)
        await session.close(farewell: nil, within: .seconds(1))
        return cause
    }

    /// Says what went wrong; a node that leaves has lost nothing.
    private func noteLoss(_ error: any Error) -> NotifierError.Code? {
        guard !Task.isCancelled else { return nil }
        let cause =
            error as? NotifierError
            ?? NotifierError(code: .other, message: "The session failed: \(String(describing: error).prefix(200))")
        self.metrics.sessionLost(cause.code)
        self.report(.impaired(code: cause.code.description, message: cause.message))
        return cause.code
    }

    /// Waits before the next attempt.
    private func wait(after cause: NotifierError.Code) async {
        let delay = self.backoff.next(
            after: cause,
            members: self.machine.peerCount + 1,
            using: &self.generator
        )
        self.context.logger.debug(
            "Opening a new session after a wait",
            metadata: [LogKey.reason: "\(cause)", LogKey.delay: "\(delay)"]
        )
        // Cancellation ends the wait, and the loop sees it.
        try? await self.context.clock.sleep(until: self.context.clock.now.advanced(by: delay))
    }

    // MARK: The three tasks of a session

    private static var notificationsAtATime: Int { 32 }

    private func listen(on session: N.Session) async throws {
        var dropped = 0
        var count = 0
        for try await notification in session.notifications {
            count += 1
            if count.isMultiple(of: Self.notificationsAtATime) {
                self.metrics.notificationsDropped(session.droppedNotifications - dropped)
                dropped = session.droppedNotifications
                // While more is there than can be taken in, the sequence never waits; the other two tasks need this actor.
                await Task.yield()
            }
            let envelope: Envelope
            do {
                envelope = try self.codec.decode(notification.payload)
            } catch {
                self.noteRejection(error.reason.rawValue)
                continue
            }
            self.metrics.received()
            let now = self.context.clock.now
            try self.perform(self.machine.received(envelope, processID: notification.processID, at: now))
        }
        try Task.checkCancellation()
        throw NotifierError(code: .connectionLost, message: "The session ended; opening a new one.")
    }

    private func send(_ stream: AsyncStream<Outgoing>, on session: N.Session) async throws {
        for await item in stream {
            do {
                switch item {
                case .payload(let payload):
                    try await session.notify(payload)
                    self.metrics.sent()
                case .probe:
                    try await session.probe()
                    self.machine.probeSucceeded(at: self.context.clock.now)
                    // It may have something to do now that it has the answer.
                    try self.perform([])
                case .presence:
                    let present = try await session.presentInstances(ofCluster: self.request.presence.cluster)
                    self.notePresence(isVisible: present != nil)
                    try self.perform(self.machine.presence(present, at: self.context.clock.now))
                }
            } catch let error as NotifierError where error.code == .busy {
                // The next heartbeat tries again; if that does not help, the echo's deadline ends the session.
                self.noteRejection("server_busy")
                switch item {
                case .payload: break
                // A refusal is an answer, too.
                case .probe: self.machine.probeSucceeded(at: self.context.clock.now)
                case .presence: try self.perform(self.machine.presence(nil, at: self.context.clock.now))
                }
                try self.perform([])
            }
        }
    }

    private func keepTime() async throws {
        while !Task.isCancelled {
            guard let deadline = self.machine.nextDeadline else {
                await self.timer.wait()
                continue
            }
            let now = self.context.clock.now
            guard deadline > now else {
                try self.perform(self.machine.timerFired(at: now))
                self.metrics.proofAge(self.machine.lastProof.map { $0.duration(to: now) })
                continue
            }
            self.armed = deadline
            await self.context.clock.sleep(until: deadline, or: self.timer)
            self.armed = nil
        }
    }

    // MARK: What the machine asks for

    private func perform(_ actions: [AnnouncementProtocol.Action]) throws {
        for action in actions {
            switch action {
            case .send(let envelope):
                self.enqueue(envelope)
            case .sendRoster(let entries):
                let payloads = self.codec.encodeRoster(entries, sender: self.instance) {
                    self.machine.takeSequence()
                }
                for payload in payloads { self.outgoing?.yield(.payload(payload)) }
            case .found(let node), .heardAgain(let node):
                self.context.discovery.found(node)
            case .lost(let node, let reason):
                self.context.discovery.lost(node, reason: reason)
            case .proven(let roundTrip):
                self.metrics.echo(roundTrip)
                self.backoff.succeeded()
                self.reportActive()
            case .sessionSilent(let silence):
                throw self.error(for: silence)
            case .probe:
                self.outgoing?.yield(.probe)
            case .inspectPresence:
                self.outgoing?.yield(.presence)
            case .endpointConflict(let endpoint, let isLocal):
                self.reportConflict(at: endpoint, isLocal: isLocal)
            case .dropped(let reason):
                self.noteRejection(reason.rawValue)
            }
        }
        if let armed = self.armed, let next = self.machine.nextDeadline, next < armed { self.timer.wake() }
    }

    private func enqueue(_ envelope: Envelope) {
        do {
            self.outgoing?.yield(.payload(try self.codec.encode(envelope)))
        } catch {
            // The initialiser has checked that the node's own announcement fits; nothing else is that long.
            self.noteRejection("payload_too_large")
        }
    }

    // MARK: What operators hear

    private func report(_ condition: StrategyCondition) {
        guard condition != self.condition else { return }
        self.condition = condition
        self.context.discovery.report(condition)
    }

    private func reportActive() {
        self.report(self.presenceNote.map { .active(note: $0) } ?? .active)
    }

    private func notePresence(isVisible: Bool) {
        self.presenceNote =
            isVisible
            ? nil
            : "The server does not show other nodes' sessions, so a killed node is found by its silence alone; "
                + "let the role execute pg_advisory_lock_shared and read pg_locks to find it sooner."
        if self.condition.state == .active { self.reportActive() }
    }

    private func error(for silence: AnnouncementProtocol.Silence) -> NotifierError {
        let deadline = self.configuration.announcements.echoDeadline
        switch silence {
        case .noEcho:
            return NotifierError(
                code: .unresponsive,
                message:
                    "The node's own announcement did not come back within \(deadline): the connection is half open, "
                    + "the server is frozen, or the LISTEN is lost. Opening a new session."
            )
        case .noAnswer:
            return NotifierError(
                code: .unresponsive,
                message: "The server did not answer within \(deadline): the connection is half open or the server is "
                    + "frozen. Opening a new session."
            )
        }
    }

    private func reportConflict(at endpoint: Endpoint, isLocal: Bool) {
        let metadata: Logger.Metadata = [LogKey.peer: "\(endpoint)"]
        if isLocal {
            self.context.logger.warning(
                "Another living node announces this node's own endpoint: give each node an address of its own",
                metadata: metadata
            )
        } else {
            self.context.logger.warning(
                "Two living nodes announce the same endpoint, only the younger one counts: give each an address of its own",
                metadata: metadata
            )
        }
    }

    /// Counts every message that was not acted on; logs the first of a kind.
    private func noteRejection(_ reason: String) {
        self.metrics.rejected(reason)
        guard self.reports.isFirst(reason), let explanation = RejectionExplanation.text[reason] else { return }
        self.context.logger.notice(
            "Messages on the channel are being dropped; this is said once, the metric counts them all",
            metadata: [
                LogKey.channel: "\(self.channel)", LogKey.reason: "\(reason)",
                LogKey.explanation: "\(explanation)",
            ]
        )
    }
}
