internal import EventLoop
internal import Threads

/// One question on its way, with a handle of its own from resolv.conf to the answer.
///
/// A handle for each question costs a read of resolv.conf. For that the servers are always those that the file names now;
/// two questions never share a socket, or firewalls that track connections may drop the second one for seconds (kubernetes
/// 56903); each has another source port; and nothing is left of one when it ends, however it ends.
actor Query {
    nonisolated var unownedExecutor: UnownedSerialExecutor { PollLoop.shared.asUnownedSerialExecutor() }

    struct Reply: Sendable {
        var searchList: SearchList
        /// Nil when nothing was asked.
        var message: DNSMessage?
    }

    private struct Socket {
        var watch: Watch
        var interest: Watch.Interest
    }

    private let question: Question?
    private let options: AresOptions
    private let deadline: ContinuousClock.Instant
    private let loop = PollLoop.shared

    private var continuation: CheckedContinuation<Reply, any Error>?
    private var deadlineTimer: PollLoop.TimerID?
    private var handle: AresHandle?
    private var sockets: [Int32: Socket] = [:]
    private var stepTimer: PollLoop.TimerID?
    /// What the handle has said while it was called; it may not be closed within the call.
    private var outcome: AresHandle.Outcome?

    /// Without a question it is only the search list that is wanted.
    init(_ question: Question?, options: AresOptions, deadline: ContinuousClock.Instant) {
        self.question = question
        self.options = options
        self.deadline = deadline
    }

    /// - Throws: ``DNSFailure`` or `CancellationError`, both at once, whatever the servers and the file system do.
    func run() async throws -> Reply {
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.continuation = continuation
                self.deadlineTimer = self.loop.schedule(at: self.deadline) {
                    self.assumeIsolated { $0.fail(.timeout) }
                }
                self.open()
            }
        } onCancel: {
            // On the loop, and so after the question has begun.
            self.loop.execute { self.assumeIsolated { $0.finish(.failure(CancellationError())) } }
        }
    }

    // MARK: - The handle

    private func open() {
        let options = self.options
        let isStarted = HelperThreads.shared.run {
            let result = Result { () throws(DNSFailure) in try AresHandle(options) }
            self.loop.execute { self.assumeIsolated { $0.opened(result) } }
        }
        if !isStarted { self.fail(.noResources) }
    }

    private func opened(_ result: Result<AresHandle, DNSFailure>) {
        switch result {
        case .failure(let failure):
            self.fail(failure.kind)
        case .success(let handle):
            // The deadline or a cancellation may have been faster.
            guard self.continuation != nil else { return handle.close() }
            self.handle = handle
            guard let question else {
                return self.finish(.success(Reply(searchList: handle.searchList, message: nil)))
            }
            handle.observeSockets { descriptor, interest in
                self.assumeIsolated { $0.socketChanged(descriptor, interest) }
            }
            handle.ask(question) { outcome in self.assumeIsolated { $0.outcome = outcome } }
            self.goOn()
        }
    }

    private func socketChanged(_ descriptor: Int32, _ interest: Watch.Interest) {
        if interest.isEmpty {
            if let socket = self.sockets.removeValue(forKey: descriptor) { self.loop.end(socket.watch) }
        } else if let socket = self.sockets[descriptor] {
            self.sockets[descriptor]?.interest = interest
            self.loop.change(socket.watch, to: interest)
        } else {
            let watch = self.loop.watch(descriptor, for: interest) { [weak self] in
                self?.assumeIsolated { $0.socketIsReady(descriptor) }
            }
            guard let watch else {
                self.outcome = .failure(.noResources)
                return
            }
            self.sockets[descriptor] = Socket(watch: watch, interest: interest)
        }
    }

    private func socketIsReady(_ descriptor: Int32) {
        guard let handle, let socket = self.sockets[descriptor] else { return }
        // Another part of the process has closed the duplicate that the loop watches.
        guard socket.watch.isActive else { return self.fail(.unreachable) }
        handle.advance(descriptor, mayWrite: socket.interest.contains(.writable))
        self.goOn()
    }

    /// After each call of the handle: ends if it has said something, or waits for what it waits for.
    private func goOn() {
        if let outcome {
            switch outcome {
            case .failure(let kind): self.fail(kind)
            case .message(let bytes): self.take(bytes)
            }
            return
        }
        if let stepTimer { self.loop.cancel(stepTimer) }
        self.stepTimer = self.handle?.timeToTimeout.map { time in
            self.loop.schedule(at: .now + time) { [weak self] in self?.assumeIsolated { $0.timePassed() } }
        }
    }

    private func timePassed() {
        self.stepTimer = nil
        guard let handle else { return }
        handle.advanceTime()
        self.goOn()
    }

    // MARK: - The end

    private func take(_ bytes: [UInt8]) {
        guard let handle else { return }
        do throws(MalformedMessage) {
            let message = try DNSMessage(parsing: bytes)
            self.finish(.success(Reply(searchList: handle.searchList, message: message)))
        } catch {
            self.fail(.badAnswer)
        }
    }

    private func fail(_ kind: DNSFailure.Kind) {
        self.finish(.failure(DNSFailure(kind, self.question)))
    }

    private func finish(_ result: Result<Reply, any Error>) {
        guard let continuation else { return }
        self.continuation = nil
        for timer in [self.deadlineTimer, self.stepTimer] { if let timer { self.loop.cancel(timer) } }
        (self.deadlineTimer, self.stepTimer) = (nil, nil)
        // Tells of each socket that it closes, and so ends each watch.
        self.handle?.close()
        self.handle = nil
        continuation.resume(with: result)
    }
}
