internal import CLibPQ
internal import EventLoop
internal import Locking

/// One search for a server, from the connection string to a session or an error.
///
/// The ``ConnectPlan`` says what is tried next; this looks names up, connects, and keeps the time. The steps that may
/// block run on a helper thread, one at a time; waiting for the socket between them happens on the loop. The caller can
/// always be answered at once: a step that is stuck then ends by itself, some time, and what it leaves is closed.
actor ConnectAttempt {
    nonisolated var unownedExecutor: UnownedSerialExecutor { PollLoop.shared.asUnownedSerialExecutor() }

    /// Which thread has the handle.
    private enum State {
        case idle
        /// A helper thread; on the loop nobody may touch it.
        case stepping
        /// libpq waits for the socket.
        case waiting(Handle, Watch)
        /// The server has been asked what kind it is.
        case asking(RoleQuestion, Watch)
        case done
    }

    /// What a helper thread brings back.
    private enum Step: Sendable {
        case waitsToRead
        case waitsToWrite
        case connected
        case failed(LibPQError)
    }

    private let string: ConnectionString
    private let options: ConnectOptions
    private let deadline: ContinuousClock.Instant
    private let loop = PollLoop.shared

    private var state = State.idle
    /// Changes when the running step is given up; its answer is then nobody's.
    private var round = Round()
    private var continuation: CheckedContinuation<Handle, any Error>?
    private var deadlineTimer: PollLoop.TimerID?
    private var stepTimer: PollLoop.TimerID?
    private var phase = "the service file can't be read in time"

    private var effective: EffectiveOptions?
    private var plan: ConnectPlan?
    private var role = ServerRole.any
    /// Whether libpq has looked into the password file, and complained about it if it does so at all.
    private var hasReadPasswordFile = false

    init(_ string: ConnectionString, options: ConnectOptions, deadline: ContinuousClock.Instant) {
        self.string = string
        self.options = options
        self.deadline = deadline
    }

    func run() async throws -> Handle {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.continuation = continuation
                self.deadlineTimer = self.loop.schedule(at: self.deadline) {
                    self.assumeIsolated { $0.runOutOfTime() }
                }
                self.prepare()
            }
        } onCancel: {
            self.loop.execute { self.assumeIsolated { $0.finish(.failure(CancellationError())) } }
        }
    }

    // MARK: - Off the loop

    /// Whether the answer of the step in progress is still wanted.
    private final class Round: Sendable {
        private let isOver = Locked(false)
        var isWanted: Bool { !self.isOver.withLock { $0 } }
        func end() { self.isOver.withLock { $0 = true } }
    }

    /// Runs a step on a helper thread; what it returns is done with its result on the loop, if it is still wanted.
    private func step(_ work: @escaping @Sendable () -> @Sendable (isolated ConnectAttempt) -> Void) {
        self.state = .stepping
        let round = self.round
        let isStarted = self.options.runStep {
            guard round.isWanted else { return }
            let answer = PlainWords.using(work)
            self.loop.execute {
                self.assumeIsolated { attempt in
                    guard round === attempt.round, case .stepping = attempt.state else { return }
                    answer(attempt)
                }
            }
        }
        if !isStarted { self.failWithoutThread() }
    }

    private func failWithoutThread() {
        self.finish(.failure(LibPQError(.other, LoopStartError.noThread.description)))
    }

    private func prepare() {
        self.armStepTimer()
        let string = self.string
        self.step {
            do throws(LibPQError) {
                let effective = try EffectiveOptions(string)
                return { $0.begin(effective) }
            } catch {
                return { $0.finish(.failure(error)) }
            }
        }
    }

    private func begin(_ effective: EffectiveOptions) {
        self.effective = effective
        var hosts = effective.hosts.hosts
        if effective.isShuffled { hosts.shuffle() }
        if let place = self.options.place { hosts = [place] }
        var plan = ConnectPlan(hosts: hosts, role: effective.role, tried: self.options.memory?.value ?? TriedHosts())
        let first = plan.next()
        self.follow(first, of: plan)
    }

    private func follow(_ step: ConnectPlan.Step, of plan: ConnectPlan) {
        self.plan = plan
        self.options.memory?.value = plan.tried
        switch step {
        case .lookUp(let host): self.lookUp(host)
        case .connect(let place, let role): self.connect(to: place, role)
        case .giveUp(let error): self.finish(.failure(error))
        }
    }

    private func lookUp(_ host: HostAddress) {
        self.phase = "the host's name can't be looked up in time"
        self.armStepTimer()
        let lookUp = self.options.lookUp
        self.step {
            let result = lookUp(host.host)
            return { $0.take(result) }
        }
    }

    private func take(_ addresses: Result<[String], LibPQError>) {
        guard var plan = self.plan else { return }
        switch addresses {
        case .success(var addresses):
            if self.effective?.isShuffled == true { addresses.shuffle() }
            let next = plan.found(addresses)
            self.follow(next, of: plan)
        case .failure(let error): self.goOn(after: error)
        }
    }

    private func connect(to place: HostAddress, _ role: ServerRole) {
        guard let effective = self.effective else { return }
        self.role = role
        self.armStepTimer()
        let (round, string, options) = (self.round, self.string, self.options)
        let hasReadPasswordFile = self.hasReadPasswordFile
        self.hasReadPasswordFile = true
        self.state = .stepping
        let isStarted = self.options.runStep {
            guard round.isWanted else { return }
            let keywords = AttemptKeywords(
                string,
                at: place,
                options: options,
                effective: effective,
                readsPasswordFile: !hasReadPasswordFile || !PasswordFile.isIgnored(effective.values)
            )
            let handle = PlainWords.using { Handle(starting: keywords.keywords) }
            guard let handle else {
                let error = LibPQError(.other, "no memory for a connection")
                return self.loop.execute { self.assumeIsolated { $0.fail(error, in: round) } }
            }
            // As after PQconnectStart the documentation wants it: as if a poll had said "wait to write".
            let step = handle.isBad ? Step.failed(Self.error(of: handle)) : .waitsToWrite
            self.hand(handle, step, in: round)
        }
        if !isStarted { self.failWithoutThread() }
    }

    /// The socket is ready for the next step.
    private func proceed() {
        guard case .waiting(let handle, let watch) = self.state else { return }
        self.loop.end(watch)
        self.state = .stepping
        let round = self.round
        let isStarted = self.options.runStep {
            guard round.isWanted else { return handle.finish() }
            let step: Step =
                switch PlainWords.using({ handle.pollConnect() }) {
                case PGRES_POLLING_OK: .connected
                case PGRES_POLLING_READING: .waitsToRead
                case PGRES_POLLING_FAILED: .failed(Self.error(of: handle))
                default: .waitsToWrite
                }
            self.hand(handle, step, in: round)
        }
        guard !isStarted else { return }
        self.discard(handle)
        self.failWithoutThread()
    }

    private static func error(of handle: Handle) -> LibPQError {
        let options = handle.effectiveOptions
        return ConnectFailure.error(
            from: handle.errorText,
            secrets: ConnectionString.secrets(in: options),
            names: ConnectionString.names(in: options)
        )
    }

    // MARK: - Back on the loop

    /// From the helper thread back to the loop; unlike other answers a handle has to be closed when nobody wants it.
    private nonisolated func hand(_ handle: Handle, _ step: Step, in round: Round) {
        self.loop.execute { self.assumeIsolated { $0.take(handle, step, in: round) } }
    }

    private func take(_ handle: Handle, _ step: Step, in round: Round) {
        guard round === self.round, case .stepping = self.state else { return self.discard(handle) }
        self.phase = handle.phase
        switch step {
        case .waitsToRead: self.wait(handle, for: .readable)
        case .waitsToWrite: self.wait(handle, for: .writable)
        case .connected: self.judge(handle, .init(reported: handle.parameterStatus))
        case .failed(let error):
            self.discard(handle)
            self.goOn(after: error)
        }
    }

    private func wait(_ handle: Handle, for interest: Watch.Interest) {
        // The descriptor may be another one after each step.
        let watch = self.loop.watch(handle.socket, for: interest) { self.assumeIsolated { $0.proceed() } }
        guard let watch else { return self.failWithoutDescriptor(handle) }
        self.state = .waiting(handle, watch)
    }

    private func failWithoutDescriptor(_ handle: Handle) {
        self.discard(handle)
        self.finish(.failure(LibPQError(.other, LoopStartError.noDescriptor.description)))
    }

    /// Closing may say goodbye over TLS; where there is no thread for that, the loop has to wait for it.
    private func discard(_ handle: Handle) {
        if !self.options.runStep({ handle.finish() }) { handle.finish() }
    }

    // MARK: - The kind of server

    private func judge(_ handle: Handle, _ facts: ServerRole.Facts, isAnswer: Bool = false) {
        switch self.role.judge(facts) {
        case .fits:
            self.finish(.success(handle))
        case .wrong(let reason):
            self.discard(handle)
            self.goOn(without: reason)
        case .unknown where isAnswer:
            self.discard(handle)
            self.goOn(without: "the server does not tell whether it is a standby")
        case .unknown:
            self.ask(handle)
        }
    }

    private func ask(_ handle: Handle) {
        let question = RoleQuestion(handle)
        if let error = question.send() {
            self.discard(handle)
            return self.goOn(after: error)
        }
        let watch = self.loop.watch(handle.socket, for: .readable) { self.assumeIsolated { $0.hear() } }
        guard let watch else { return self.failWithoutDescriptor(handle) }
        self.phase = "the server does not tell whether it is a standby"
        self.state = .asking(question, watch)
    }

    private func hear() {
        guard case .asking(var question, let watch) = self.state else { return }
        let answer = question.hear()
        if case .nothingYet = answer {
            self.state = .asking(question, watch)
            return
        }
        self.loop.end(watch)
        self.state = .stepping
        switch answer {
        case .nothingYet: break
        case .facts(let facts): self.judge(question.handle, facts, isAnswer: true)
        case .lost(let error):
            self.discard(question.handle)
            self.goOn(after: error)
        }
    }

    // MARK: - Time

    /// Each lookup and each place has its own time.
    private func armStepTimer() {
        if let timer = self.stepTimer { self.loop.cancel(timer) }
        self.stepTimer = nil
        let timeout = self.effective?.connectTimeout ?? self.options.hostTimeout
        guard timeout > .zero else { return }
        self.stepTimer = self.loop.schedule(at: .now + timeout) { self.assumeIsolated { $0.giveStepUp() } }
    }

    private var timeoutError: LibPQError {
        let place = self.plan?.current?.name.map { "\($0): " } ?? ""
        return LibPQError(.connectTimedOut, place + self.phase)
    }

    /// libpq's asynchronous connect leaves a silent host to its caller.
    private func giveStepUp() {
        self.stepTimer = nil
        let error = self.timeoutError
        guard self.plan != nil else { return self.finish(.failure(error)) }
        self.abandonStep()
        self.round = Round()
        self.goOn(after: error)
    }

    private func runOutOfTime() {
        self.deadlineTimer = nil
        let error = self.timeoutError
        self.finish(.failure(self.plan?.cutShort(error) ?? error))
    }

    // MARK: - The end

    private func goOn(after error: LibPQError) {
        guard var plan = self.plan else { return self.finish(.failure(error)) }
        let next = plan.failed(error)
        self.follow(next, of: plan)
    }

    private func goOn(without reason: String) {
        guard var plan = self.plan else { return }
        let next = plan.wasUnsuitable(because: reason)
        self.follow(next, of: plan)
    }

    private func fail(_ error: LibPQError, in round: Round) {
        guard round === self.round, case .stepping = self.state else { return }
        self.finish(.failure(error))
    }

    /// Nobody waits for the step any more; its handle is closed, once.
    private func abandonStep() {
        self.round.end()
        let abandoned = self.state
        self.state = .stepping
        switch abandoned {
        case .waiting(let handle, let watch):
            self.loop.end(watch)
            self.discard(handle)
        case .asking(let question, let watch):
            self.loop.end(watch)
            self.discard(question.handle)
        case .idle, .stepping, .done:
            break
        }
    }

    private func finish(_ result: Result<Handle, any Error>) {
        guard let continuation = self.continuation else {
            if case .success(let handle) = result { self.discard(handle) }
            return
        }
        self.continuation = nil
        if case .failure = result { self.abandonStep() }
        self.state = .done
        for timer in [self.deadlineTimer, self.stepTimer] { if let timer { self.loop.cancel(timer) } }
        (self.deadlineTimer, self.stepTimer) = (nil, nil)
        continuation.resume(with: result)
    }
}
