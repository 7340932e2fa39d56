internal import CLibPQ
internal import EventLoop
internal import Locking

/// One connect, from the connection string to a session or an error.
///
/// The steps that may block run on a helper thread, one at a time; waiting for the socket between them happens on the
/// loop. The caller can always be answered at once: a step that is stuck then ends by itself, some time, and what it
/// leaves is closed.
actor ConnectAttempt {
    nonisolated var unownedExecutor: UnownedSerialExecutor { PollLoop.shared.asUnownedSerialExecutor() }

    /// Who has the handle.
    private enum State {
        case idle
        /// A helper thread; on the loop nobody may touch it.
        case stepping
        case waiting(Handle, Watch)
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

    // What is known of the hosts.
    private var hosts: HostList?
    private var currentHost: HostList.Position?
    private var hostTimer: PollLoop.TimerID?
    private var phase = "the host's name can't be looked up in time"

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
                self.start(on: nil)
            }
        } onCancel: {
            self.loop.execute { self.assumeIsolated { $0.finish(.failure(CancellationError())) } }
        }
    }

    // MARK: - Steps

    /// Whether the answer of the step in progress is still wanted.
    private final class Round: Sendable {
        private let isOver = Locked(false)
        var isWanted: Bool { !self.isOver.withLock { $0 } }
        func end() { self.isOver.withLock { $0 = true } }
    }

    /// Begins anew, on all hosts or on those that are left.
    private func start(on hosts: HostList?) {
        self.state = .stepping
        self.currentHost = hosts?.first
        self.armHostTimer()
        let (round, string, options) = (self.round, self.string, self.options)
        HelperThreads.shared.run {
            guard round.isWanted else { return }
            let plan = ConnectPlan(string, options: options, hosts: hosts)
            self.loop.execute { self.assumeIsolated { $0.learn(plan, in: round) } }
            guard let handle = Handle(starting: plan.keywords) else {
                let error = LibPQError(.other, "no memory for a connection")
                self.loop.execute { self.assumeIsolated { $0.fail(error, in: round) } }
                return
            }
            // As after PQconnectStart the documentation wants it: as if a poll had said "wait to write".
            let step = handle.isBad ? Step.failed(Self.error(of: handle)) : .waitsToWrite
            self.hand(handle, step, in: round)
        }
    }

    /// The socket is ready for the next step.
    private func proceed() {
        guard case .waiting(let handle, let watch) = self.state else { return }
        self.loop.end(watch)
        self.state = .stepping
        let round = self.round
        HelperThreads.shared.run {
            guard round.isWanted else { return handle.finish() }
            let step: Step =
                switch handle.pollConnect() {
                case PGRES_POLLING_OK: .connected
                case PGRES_POLLING_READING: .waitsToRead
                case PGRES_POLLING_FAILED: .failed(Self.error(of: handle))
                default: .waitsToWrite
                }
            self.hand(handle, step, in: round)
        }
    }

    /// From the helper thread back to the loop.
    private nonisolated func hand(_ handle: Handle, _ step: Step, in round: Round) {
        self.loop.execute { self.assumeIsolated { $0.take(handle, step, in: round) } }
    }

    private func take(_ handle: Handle, _ step: Step, in round: Round) {
        guard round === self.round, case .stepping = self.state else { return handle.finish() }
        self.phase = handle.phase
        switch step {
        case .waitsToRead: self.wait(handle, for: .readable)
        case .waitsToWrite: self.wait(handle, for: .writable)
        case .connected: self.finish(.success(handle))
        case .failed(let error):
            handle.finish()
            self.finish(.failure(error))
        }
    }

    private func wait(_ handle: Handle, for interest: Watch.Interest) {
        // The descriptor may be another one after each step.
        let watch = self.loop.watch(handle.socket, for: interest) { self.assumeIsolated { $0.proceed() } }
        guard let watch else {
            handle.finish()
            return self.finish(.failure(LibPQError(.other, "the process has no file descriptor left")))
        }
        self.state = .waiting(handle, watch)

        // libpq has gone on to the next host: its time begins.
        if let hosts = self.hosts, let position = hosts.position(host: handle.host, port: handle.port),
            position != self.currentHost
        {
            self.currentHost = position
            self.armHostTimer()
        }
    }

    private static func error(of handle: Handle) -> LibPQError {
        ConnectFailure.error(from: handle.errorText, secrets: ConnectionString.secrets(in: handle.effectiveOptions))
    }

    // MARK: - Hosts and time

    private func learn(_ plan: ConnectPlan, in round: Round) {
        guard round === self.round else { return }
        self.hosts = plan.hosts
        self.currentHost = self.currentHost ?? plan.hosts.first
        self.userTimeout = plan.hostTimeout
        self.armHostTimer()
    }

    /// `connect_timeout`, if the user set it; zero for none.
    private var userTimeout: Duration?

    private func armHostTimer() {
        if let timer = self.hostTimer { self.loop.cancel(timer) }
        self.hostTimer = nil
        let timeout = self.userTimeout ?? self.options.hostTimeout
        guard timeout > .zero else { return }
        self.hostTimer = self.loop.schedule(at: .now + timeout) { self.assumeIsolated { $0.giveHostUp() } }
    }

    /// libpq's asynchronous connect leaves a silent host to its caller, and has no way to be told "the next one".
    ///
    /// So it begins anew on the hosts after the one that is silent.
    private func giveHostUp() {
        guard let hosts = self.hosts, let current = self.currentHost, let rest = hosts.after(current) else {
            return self.runOutOfTime()
        }
        self.abandonStep()
        self.round = Round()
        self.start(on: rest)
    }

    private func runOutOfTime() {
        let host = self.currentHost.flatMap { self.hosts?.name(of: $0) }
        let prefix = host.map { "\(Redaction.host($0)): " } ?? ""
        self.finish(.failure(LibPQError(.connectTimedOut, "\(prefix)\(self.phase)")))
    }

    // MARK: - The end

    private func fail(_ error: LibPQError, in round: Round) {
        guard round === self.round else { return }
        self.finish(.failure(error))
    }

    private func abandonStep() {
        self.round.end()
        if case .waiting(let handle, let watch) = self.state {
            self.loop.end(watch)
            // Closing may say goodbye over TLS.
            HelperThreads.shared.run { handle.finish() }
        }
    }

    private func finish(_ result: Result<Handle, any Error>) {
        guard let continuation = self.continuation else {
            if case .success(let handle) = result { handle.finish() }
            return
        }
        self.continuation = nil
        if case .failure = result { self.abandonStep() }
        self.state = .done
        for timer in [self.deadlineTimer, self.hostTimer] { if let timer { self.loop.cancel(timer) } }
        continuation.resume(with: result)
    }
}
