internal import ClusterFormation
internal import Logging

/// The shell around ``AnnouncementProtocol``: opens sessions, carries messages, keeps time.
///
/// It decides nothing about peers. Everything that happens is handed to the machine, on this actor, in the order in
/// which it happens; what the machine answers is done before the next thing is handed to it.
actor AnnouncementDriver<N: Notifier> {
    /// What the sending task does next.
    private enum Outgoing: Sendable {
        /// A message, which is stamped and sealed when its turn has come.
        case message(Message)
        /// Everything that is known when its turn has come.
        case roster
        case probe
        case presence
    }

    private let notifier: N
    private let codec: AnnouncementCodec
    private let configuration: AnnouncementStrategy.Configuration
    private let context: StrategyContext
    private let metrics: AnnouncementMetrics
    private let report: AnnouncementReport
    private let request: NotifierSessionRequest
    private let timer = WakeSignal()

    private var machine: AnnouncementProtocol
    private var backoff: SessionBackoff
    private var generator: SystemRandomNumberGenerator
    /// The codec of the session that is open, bound to its place.
    private var bound: AnnouncementCodec
    private var outgoing: AsyncStream<Outgoing>.Continuation?
    /// What the medium has warned of when the session began.
    private var warning: String?
    /// When the timer's task will wake by itself, while it sleeps.
    private var armed: Instant?

    init(
        notifier: N,
        channel: String,
        codec: AnnouncementCodec,
        configuration: AnnouncementStrategy.Configuration,
        context: StrategyContext
    ) {
        var generator = SystemRandomNumberGenerator()
        let instance = context.localNode.instance ?? .random()
        let metrics = AnnouncementMetrics(cluster: context.clusterName, factory: context.metricsFactory)
        self.notifier = notifier
        self.codec = codec
        self.bound = codec
        self.configuration = configuration
        self.context = context
        self.metrics = metrics
        self.report = AnnouncementReport(
            channel: channel,
            terms: notifier.medium.terms,
            context: context,
            metrics: metrics
        )
        var request = NotifierSessionRequest(
            channel: channel,
            applicationName: Self.applicationName(context),
            presence: PresenceKey(cluster: context.clusterName, instance: instance)
        )
        request.showsPresence = !context.isObserver
        self.request = request
        self.machine = AnnouncementProtocol(
            configuration: configuration.announcements,
            medium: notifier.medium,
            messageBytes: AnnouncementCodec.textLimit(isSealed: configuration.keys != nil, medium: notifier.medium),
            localNode: context.localNode,
            instance: instance,
            isObserver: context.isObserver,
            seed: generator.next(),
            at: context.clock.now
        )
        self.backoff = SessionBackoff(hasSeveralServers: notifier.hasSeveralServers)
        self.generator = generator
    }

    /// Cut to the 63 bytes that PostgreSQL shows of it, the node's address being what an operator looks for.
    private static func applicationName(_ context: StrategyContext) -> String {
        let name = context.isObserver ? "observer" : "\(context.localNode.endpoint)"
        return String(decoding: "\(name) \(context.clusterName)".utf8.prefix(63), as: UTF8.self)
    }

    // MARK: Sessions

    /// Opens one session after another until the task is cancelled.
    func run() async {
        if self.configuration.keys == nil { self.report.unsealed() }
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
        let terms = notifier.medium.terms
        let (report, patience) = (self.report, self.configuration.announcements.echoDeadline)
        let endOfPatience = clock.now.advanced(by: patience)
        return try await withThrowingTaskGroup(of: N.Session?.self) { group in
            group.addTask { try await notifier.openSession(request) }
            group.addTask {
                if endOfPatience < deadline {
                    try await clock.sleep(until: endOfPatience)
                    report.stillStarting(after: patience)
                }
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
                    message: "No session could be opened within \(timeout); check that \(terms.reachability)."
                )
            }
            return session
        }
    }

    /// Lives on one session; returns why it was lost, or nil when the task was cancelled.
    private func live(on session: N.Session) async -> NotifierError.Code? {
        let (stream, continuation) = AsyncStream.makeStream(of: Outgoing.self)
        self.outgoing = continuation
        self.bound = self.codec.bound(toChannel: self.request.channel, at: session.place)
        self.warning = session.warning
        defer { self.outgoing = nil }
        var end: any Error = CancellationError()
        do {
            let now = self.context.clock.now
            try self.perform(self.machine.setMetadata(self.context.localNode.metadata, at: now))
            try self.perform(
                self.machine.sessionOpened(
                    processID: session.processID,
                    isShown: session.isShown,
                    openedAt: session.openedAt,
                    at: now
                )
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Where notifications arrive, so that no other thread has to be woken for each.
                group.addTask(executorPreference: self.notifier.executor) { try await self.listen(on: session) }
                group.addTask { try await self.send(stream, on: session) }
                group.addTask { try await self.keepTime() }
                group.addTask { try await self.followLocalNode() }
                defer { group.cancelAll() }
                // The first task that ends takes the session with it.
                try await group.next()
            }
        } catch {
            end = error
        }
        // The loss is told before the session is closed, which takes its time when the connection is half open.
        guard let cause = self.noteLoss(end) else {
            // Nobody knows an observer that could miss it.
            let farewell = self.context.isObserver ? nil : self.machine.stamp(.leave, at: self.context.clock.now)
            await session.close(
                farewell: farewell.flatMap { try? self.bound.encode($0) },
                within: self.configuration.farewellTimeout
            )
            return nil
        }
        self.machine.sessionLost(at: self.context.clock.now)
        self.report.isolationEnded()
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
        self.report.impaired(cause)
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

    // MARK: The tasks of a session

    /// Passes on what the local node says of itself, until the task is cancelled.
    private func followLocalNode() async throws {
        var updates = self.context.localNodeUpdates.makeAsyncIterator()
        var node: Node? = self.context.localNode
        while let current = node {
            try self.perform(self.machine.setMetadata(current.metadata, at: self.context.clock.now))
            node = await updates.next()
        }
    }

    private static var notificationsAtATime: Int { 32 }

    private func listen(on session: N.Session) async throws {
        let iterator = session.notifications.makeAsyncIterator()
        if let buffered = iterator as? any BufferedNotificationIterator {
            try await self.listen(to: buffered, on: session)
        } else {
            try await self.listen(to: UnbufferedIterator(iterator), on: session)
        }
        try Task.checkCancellation()
        throw NotifierError(code: .connectionLost, message: "The session ended; opening a new one.")
    }

    private func listen(to iterator: some BufferedNotificationIterator, on session: N.Session) async throws {
        var iterator = iterator
        var dropped = 0
        var count = 0
        while let first = try await iterator.next(isolation: self) {
            var next: Notification? = first
            while let notification = next {
                count += 1
                if count.isMultiple(of: Self.notificationsAtATime) {
                    self.metrics.notificationsDropped(session.droppedNotifications - dropped)
                    dropped = session.droppedNotifications
                    // While more is there than can be taken in, the sequence never waits; the other two tasks need this
                    // actor.
                    await Task.yield()
                }
                try await self.take(notification)
                next = iterator.nextBuffered()
            }
        }
    }

    private func take(_ notification: Notification) async throws {
        let envelope: Envelope
        switch await self.decode(notification.payload) {
        case .success(let decoded): envelope = decoded
        case .failure(let rejection): return self.report.dropped(rejection.reason.rawValue)
        }
        self.metrics.received()
        let now = self.context.clock.now
        try self.perform(
            self.machine.received(
                envelope,
                processID: notification.processID,
                isFromOutside: notification.isFromOutside,
                at: now
            )
        )
    }

    /// How long a payload may be that is read where notifications arrive, in bytes: an announcement takes some
    /// microseconds, a part of a roster may take a hundred times as long, and would hold up every connection there.
    private static var longestReadInPlace: Int { 1_024 }

    private func decode(_ payload: String) async -> Result<Envelope, Rejection> {
        let codec = self.bound
        guard payload.utf8.count > Self.longestReadInPlace, self.notifier.executor != nil else {
            return Result { () throws(Rejection) in try codec.decode(payload) }
        }
        return await withTaskExecutorPreference(globalConcurrentExecutor) {
            await Self.decode(payload, with: codec)
        }
    }

    @concurrent
    private static func decode(_ payload: String, with codec: AnnouncementCodec) async -> Result<Envelope, Rejection> {
        Result { () throws(Rejection) in try codec.decode(payload) }
    }

    private func send(_ stream: AsyncStream<Outgoing>, on session: N.Session) async throws {
        for await item in stream {
            let askedAt = self.context.clock.now
            do {
                switch item {
                case .message(let message):
                    try await self.send(message, on: session)
                case .roster:
                    let entries = self.machine.rosterEntries(at: askedAt)
                    for part in self.bound.parts(of: entries, at: self.machine.moment(at: askedAt)) {
                        try await self.send(.roster(part), on: session)
                    }
                case .probe:
                    let moment = try await session.probe()
                    let now = self.context.clock.now
                    try self.perform(self.machine.probeAnswered(with: moment, askedAt: askedAt, at: now))
                case .presence:
                    let present = try await session.presentSessions(ofCluster: self.request.presence.cluster)
                    let isShown = session.isShown
                    if !self.context.isObserver {
                        self.report.presence(isVisible: present != nil, isShown: isShown)
                    }
                    try self.perform(self.machine.presence(present, isShown: isShown, at: self.context.clock.now))
                }
            } catch let error as NotifierError where error.keepsSession {
                // The next heartbeat tries again.
                self.report.refused(error)
                switch item {
                case .message, .roster: break
                // A refusal is an answer, too.
                case .probe: self.machine.probeRefused(at: self.context.clock.now)
                case .presence: try self.perform(self.machine.presence(nil, at: self.context.clock.now))
                }
                try self.perform([])
            }
        }
    }

    private func send(_ message: Message, on session: N.Session) async throws {
        let now = self.context.clock.now
        let envelope = self.machine.stamp(message, at: now)
        let payload: String
        do {
            payload = try self.bound.encode(envelope)
        } catch {
            // The initialiser has checked that the node's own announcement fits; nothing else is that long. What was not
            // sent is not awaited.
            self.report.dropped("payload_too_large")
            if case .roster = message { self.machine.answerFailed(at: self.context.clock.now) }
            return
        }
        self.machine.sent(envelope, at: now)
        let moment: Moment
        do {
            moment = try await session.notify(payload)
        } catch let error as NotifierError where error.keepsSession {
            self.machine.refused(envelope, at: self.context.clock.now)
            throw error
        }
        self.metrics.sent()
        try self.perform(self.machine.taken(envelope, at: moment, sentAt: now, at: self.context.clock.now))
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
                self.metrics.proofAge(self.machine.lastEcho.map { $0.duration(to: now) })
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
            case .send(let message):
                self.outgoing?.yield(.message(message))
            case .sendRoster:
                self.outgoing?.yield(.roster)
            case .found(let node), .heardAgain(let node):
                self.context.discovery.found(node)
            case .heardOf(let node):
                self.context.discovery.heardOf(node)
            case .lost(let node, let reason):
                self.context.discovery.lost(node, reason: reason)
            case .proven(let roundTrip):
                self.metrics.echo(roundTrip)
                self.backoff.succeeded()
                self.report.active(isFull: self.machine.isFull)
            case .sessionSilent(let silence):
                throw silence.error(
                    after: self.configuration.announcements.echoDeadline,
                    warning: self.warning,
                    terms: self.notifier.medium.terms
                )
            case .probe:
                self.outgoing?.yield(.probe)
            case .inspectPresence:
                self.outgoing?.yield(.presence)
            case .endpointConflict(let endpoint):
                self.context.discovery.conflict(at: endpoint)
            case .clockStepped(let step):
                self.report.clockStepped(by: step)
            case .leftOut:
                self.report.leftOut()
            case .cutOff(let silence):
                self.report.isolated(for: silence, peers: self.machine.peerCount)
            case .clocksDiffer(let difference):
                self.report.clocksDiffer(by: difference)
            case .reached:
                self.report.isolationEnded()
                self.report.active(isFull: self.machine.isFull)
            case .dropped(let reason):
                self.report.dropped(reason.rawValue)
            }
        }
        // Also without an action: whatever has happened may have brought the next deadline forward.
        guard let next = self.machine.nextDeadline else { return }
        if self.armed.map({ next < $0 }) ?? true { self.timer.wake() }
    }
}

extension ChannelProof.Silence {
    fileprivate func error(after deadline: Duration, warning: String?, terms: MediumTerms) -> NotifierError {
        switch self {
        case .noEcho:
            NotifierError(
                code: .unresponsive,
                message:
                    "The node's own announcement did not come back within \(deadline): \(terms.silence). "
                    + "Opening a new session."
            )
        case .undelivered:
            NotifierError(
                code: .undelivered,
                message:
                    "The \(terms.counterpart) takes what is sent, but has not delivered this node's own announcement "
                    + "within \(deadline)\(warning.map { " (it warned: \($0))" } ?? ""). \(terms.undelivered) Opening a "
                    + "new session."
            )
        case .noAnswer:
            NotifierError(
                code: .unresponsive,
                message: "The \(terms.counterpart) did not answer within \(deadline): \(terms.silence). Opening a new "
                    + "session."
            )
        }
    }
}
