internal import ClusterFormation
internal import HTTPExchange

/// The shell of ``WatchMachine``: asks what it wants asked, and tells it what came and what time it is.
actor WatchDriver {
    /// What is known of the watch that is under way.
    private struct Progress {
        var head: HTTPHead?
        var lines = LineSplitter(limit: WatchEvent.maximumBytes)
        /// The body of an answer without success.
        var body: [UInt8] = []

        var isOpen: Bool { self.head?.isSuccess == true }
    }

    /// The machine does not want to hear more of this watch.
    private struct GivenUp: Error {}

    private let query: APIQuery
    private let requestTimeout: Duration
    private let transport: any HTTPTransport
    private let discovery: Discovery
    private let clock: ClusterClock
    private let deadlineChanged = WakeSignal()
    private var machine: WatchMachine
    private var progress = Progress()

    init(
        query: APIQuery,
        configuration: KubernetesConfiguration,
        transport: any HTTPTransport,
        context: StrategyContext,
        seed: UInt64
    ) {
        self.query = query
        self.requestTimeout = configuration.requestTimeout
        self.transport = transport
        self.discovery = context.discovery
        self.clock = context.clock
        self.machine = WatchMachine(
            query: query,
            configuration: configuration,
            localNode: context.localNode,
            seed: seed,
            at: context.clock.now
        )
    }

    /// Lists and watches until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.keepTime() }
            await self.work()
            group.cancelAll()
        }
    }

    private func work() async {
        while !Task.isCancelled {
            switch self.machine.next(at: self.clock.now) {
            case .wait(let moment):
                try? await self.clock.sleep(until: moment)
            case .list(let continuation):
                let answer = await self.page(continuation: continuation)
                guard !Task.isCancelled else { return }
                self.deliver(self.machine.listed(answer, at: self.clock.now))
            case .watch(let resourceVersion, let timeout):
                let end = await self.watch(from: resourceVersion, timeout: timeout)
                guard !Task.isCancelled else { return }
                self.deliver(self.machine.watchEnded(end, at: self.clock.now))
            }
        }
    }

    /// Tells the machine when the moment has come that it waits for.
    private func keepTime() async {
        while !Task.isCancelled {
            if let deadline = self.machine.deadline {
                await self.clock.sleep(until: deadline, or: self.deadlineChanged)
            } else {
                await self.deadlineChanged.wait()
            }
            guard !Task.isCancelled else { return }
            self.deliver(self.machine.passed(at: self.clock.now))
        }
    }

    private func deliver(_ report: WatchMachine.Report) {
        report.deliver(to: self.discovery)
        if report.nodes != nil { self.deadlineChanged.wake() }
    }

    // MARK: Listing

    private func page(continuation: String?) async -> Result<APIPage, APIFailure> {
        let request = self.query.list(continuation: continuation)
        do {
            let answer = try await withDeadline(self.clock.now.advanced(by: self.requestTimeout), by: self.clock) {
                [transport] in
                try await transport.answer(to: request, limit: APIPage.maximumBytes)
            }
            guard answer.head.isSuccess else { return .failure(APIFailure(answer.head, body: answer.body)) }
            return .success(try APIPage(json: answer.body, of: self.query.kind))
        } catch let failure as APIFailure {
            return .failure(failure)
        } catch {
            return .failure(.transport(Self.failure(error)))
        }
    }

    // MARK: Watching

    private func watch(from resourceVersion: String, timeout: Int) async -> WatchMachine.End {
        self.progress = Progress()
        let request = self.query.watch(from: resourceVersion, timeout: timeout)
        let start = self.clock.now
        let opening = start.advanced(by: self.requestTimeout)
        let end = max(opening, start.advanced(by: .seconds(timeout) + WatchSchedule.watchMargin))
        do {
            try await withThrowingTaskGroup(of: Void.self) { [transport, clock] group in
                group.addTask {
                    try await transport.exchange(request) { head, piece in
                        try await self.take(head, piece)
                    }
                }
                group.addTask {
                    try await clock.sleep(until: opening)
                    if await self.progress.isOpen { try await clock.sleep(until: end) }
                    throw HTTPFailure(.overdue, "The answer took too long.")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
            return self.ended()
        } catch is GivenUp {
            return .closed
        } catch {
            return self.ended(by: Self.failure(error))
        }
    }

    private func take(_ head: HTTPHead, _ piece: [UInt8]) throws {
        let isFirst = self.progress.head == nil
        self.progress.head = head
        guard head.isSuccess else {
            self.progress.body += piece.prefix(APIStatus.maximumBytes - self.progress.body.count)
            return
        }
        if isFirst { self.deliver(self.machine.watchOpened(at: self.clock.now)) }
        for line in try self.progress.lines.take(piece) {
            let event = Result { () throws(APIFailure) in try WatchEvent(json: line, of: self.query.kind) }
            let report = self.machine.received(event, at: self.clock.now)
            self.deliver(report)
            guard report.goesOn else { throw GivenUp() }
        }
    }

    private func ended(by failure: HTTPFailure? = nil) -> WatchMachine.End {
        if let head = self.progress.head, !head.isSuccess {
            return .failed(APIFailure(head, body: self.progress.body))
        }
        guard let failure else { return .closed }
        guard self.progress.isOpen else { return .failed(.transport(failure)) }
        switch failure.kind {
        case .overdue: return .silent
        case .tooLong: return .failed(.unreadable("An event can't be read: \(failure.message)"))
        case .unreachable, .untrusted, .unprepared: return .closed
        }
    }

    private static func failure(_ error: any Error) -> HTTPFailure {
        error as? HTTPFailure ?? HTTPFailure(.unreachable, "\(LookupError(error).message)")
    }
}
