internal import EventLoop

/// One session with a server: statements one after the other, and notifications.
///
/// It lives on ``PollLoop/shared`` and never blocks it. No reader is needed: whatever the server sends is taken off
/// the socket at once.
///
/// A connection that is dropped without ``close(sending:_:within:)`` is closed when the last reference goes.
package actor Connection {
    package nonisolated var unownedExecutor: UnownedSerialExecutor { PollLoop.shared.asUnownedSerialExecutor() }

    /// The server, and where it is.
    package nonisolated let peer: ServerDescription

    /// The last warning that the server has sent with a statement.
    package var lastWarning: String? { self.watched.isClosed ? nil : self.watched.handle.lastWarning }

    /// Whether it was closed, or lost, by now.
    package nonisolated var isClosed: Bool { self.watched.isClosed }

    private let watched: WatchedHandle
    private let loop = PollLoop.shared

    private var machine = SessionMachine()
    private var waiters: [Statement.ID: CheckedContinuation<StatementResult, any Error>] = [:]
    private var closers: [CheckedContinuation<Void, Never>] = []
    private var statementTimer: PollLoop.TimerID?
    private var wantsToWrite = false

    /// Connects; `options` says what the string leaves open, and the deadline is for all hosts together.
    ///
    /// - Throws: ``LibPQError`` at the deadline, or `CancellationError`, both at once, whatever the resolver does.
    package static func connect(
        _ string: ConnectionString,
        options: ConnectOptions = ConnectOptions(),
        deadline: ContinuousClock.Instant
    ) async throws -> Connection {
        do throws(LoopStartError) {
            try PollLoop.shared.start()
        } catch {
            throw LibPQError(.other, error.description)
        }
        let handle = try await ConnectAttempt(string, options: options, deadline: deadline).run()
        let connection = Connection(WatchedHandle(handle))
        try await connection.open()
        return connection
    }

    private init(_ watched: WatchedHandle) {
        self.watched = watched
        self.peer = ServerDescription(watched.handle)
    }

    private func open() throws(LibPQError) {
        self.watched.handle.becomeNonBlocking()
        self.watched.watch = self.loop.watch(self.watched.handle.socket, for: .readable) { [weak self] in
            self?.assumeIsolated { $0.advance() }
        }
        guard self.watched.watch != nil else { throw LibPQError(.other, LoopStartError.noDescriptor.description) }
        // What came together with the login's last bytes is read already and will not wake poll(2).
        self.advance()
    }

    // MARK: - Statements

    /// Runs a statement after all that were asked for earlier, and returns what it gave.
    ///
    /// Parameters are `$1`, `$2` and so on, as text. A statement that is cancelled before it was sent never is. One
    /// that was sent runs on in the server while the caller gets its `CancellationError` at once; its answer is thrown
    /// away, the connection stays usable, and the next statement waits for it. (PQcancel would open a connection of its
    /// own, block, and could hit the next statement.)
    ///
    /// `timeout` is how long the server may take from the sending on. Past it the connection is closed, since a server
    /// that does not answer one statement will not answer the next.
    /// - Throws: ``LibPQError`` or `CancellationError`.
    @discardableResult
    package func query(
        _ sql: String,
        _ parameters: [String?] = [],
        format: ResultFormat = .text,
        timeout: Duration? = nil
    ) async throws -> StatementResult {
        try Task.checkCancellation()
        let id = self.machine.makeStatementID()
        let statement = try Statement(id: id, sql: sql, parameters: parameters, format: format, timeout: timeout)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { self.submit(statement, $0) }
        } onCancel: {
            // On the loop, and so after the statement has been queued.
            self.loop.execute { self.assumeIsolated { $0.cancelStatement(id) } }
        }
    }

    /// Runs a statement like ``query(_:_:format:timeout:)``, but in a cancelled task, too: for what must be said at the end.
    ///
    /// Past the bound the caller gets a `CancellationError` and the connection stays as it is, until the timeout.
    package func perform(
        _ sql: String,
        _ parameters: [String?] = [],
        within bound: Duration,
        timeout: Duration? = nil
    ) async throws {
        let id = self.machine.makeStatementID()
        let statement = try Statement(id: id, sql: sql, parameters: parameters, timeout: timeout)
        let timer = self.loop.schedule(at: .now + bound) { [weak self] in
            self?.assumeIsolated { $0.cancelStatement(id) }
        }
        defer { self.loop.cancel(timer) }
        _ = try await withCheckedThrowingContinuation { self.submit(statement, $0) }
    }

    private func submit(_ statement: Statement, _ waiter: CheckedContinuation<StatementResult, any Error>) {
        switch self.machine.submit(statement) {
        case .refuse(let error):
            waiter.resume(throwing: error)
        case .wait:
            self.waiters[statement.id] = waiter
        case .send(let statement):
            self.waiters[statement.id] = waiter
            self.send(statement)
        }
    }

    private func cancelStatement(_ id: Statement.ID) {
        switch self.machine.cancel(id) {
        case .answer: self.waiters.removeValue(forKey: id)?.resume(throwing: CancellationError())
        case .ignore: break
        }
    }

    private func send(_ statement: Statement) {
        if let failure = self.trySending(statement) { self.carryOut(failure) }
    }

    /// Nil when the statement is on its way, or the connection broke over it.
    private func trySending(_ statement: Statement) -> SessionMachine.StatementEnd? {
        guard self.watched.handle.send(statement.sql, statement.parameters, format: statement.format) else {
            if self.watched.handle.isBad {
                self.lose()
                return nil
            }
            return self.machine.sendFailed(LibPQError(.other, Redaction.clean(self.watched.handle.errorText)))
        }
        if let timeout = statement.timeout {
            let id = statement.id
            self.statementTimer = self.loop.schedule(at: .now + timeout) { [weak self] in
                self?.assumeIsolated { $0.carryOut($0.machine.statementTimedOut(id)) }
            }
        }
        self.flush()
        return nil
    }

    private func carryOut(_ end: SessionMachine.StatementEnd) {
        // Not by recursion: a thousand statements can fail to be sent, one after the other.
        var end: SessionMachine.StatementEnd? = end
        while let current = end {
            end = nil
            self.disarmStatementTimer()
            // A farewell has no waiter.
            if let answer = current.answer, let waiter = self.waiters.removeValue(forKey: answer.id) {
                switch answer.result {
                case .success(let result): waiter.resume(returning: result)
                case .failure(let error): waiter.resume(throwing: error)
                }
            }
            switch current.next {
            case .nothing: break
            case .send(let statement): end = self.trySending(statement)
            case .end(let ending): self.carryOut(ending)
            }
        }
    }

    private func disarmStatementTimer() {
        if let timer = self.statementTimer { self.loop.cancel(timer) }
        self.statementTimer = nil
    }

    private func flush() {
        switch self.watched.handle.flush() {
        case .done: self.setWantsToWrite(false)
        case .more: self.setWantsToWrite(true)
        // The reason is in what is still to be read.
        case .failed: self.lose()
        }
    }

    private func setWantsToWrite(_ wants: Bool) {
        guard self.wantsToWrite != wants, let watch = self.watched.watch else { return }
        self.wantsToWrite = wants
        self.loop.change(watch, to: wants ? [.readable, .writable] : .readable)
    }

    // MARK: - What comes

    /// The socket has something, or has room, or is broken.
    private func advance() {
        guard let watch = self.watched.watch else { return }
        guard watch.isActive else {
            return self.lose(LibPQError(.connectionLost, "another part of the process has closed the connection"))
        }
        if self.wantsToWrite { self.flush() }
        guard !self.watched.isClosed else { return }
        let isUp = self.read()
        self.takeWhatCame()
        if !isUp, !self.watched.isClosed { self.lose() }
    }

    /// Reads until poll(2) can be relied on to tell of what is left; false when the connection broke.
    ///
    /// libpq before 15.20 takes a part of a large TLS record and leaves the rest where poll(2) does not see it. Once the
    /// socket is empty there is the rest of one record at most, and so many more reads take it out. While the socket is
    /// not empty, poll(2) calls again. (A large record that comes in the microsecond between the last look and the last
    /// read can still leave a tail, until anything else comes: libpq does not tell how much it has read.)
    private func read() -> Bool {
        let handle = self.watched.handle
        guard handle.consumeInput() else { return false }
        guard handle.isEncrypted else { return true }
        for _ in 0..<(Handle.largestRecord / Handle.leastRead) {
            if handle.socketHasInput { return true }
            guard handle.consumeInput() else { return false }
        }
        return true
    }

    private func takeWhatCame() {
        let handle = self.watched.handle
        // What an answer leads to may close the connection, and with it the handle.
        while !self.watched.isClosed, self.machine.expectsAnswer, !handle.isBusy {
            switch handle.nextOutcome() {
            case .result(let result): self.machine.received(result)
            case .error(let error, let isFatal): self.carryOut(self.machine.received(error, isFatal: isFatal))
            case .copy: self.carryOut(self.machine.receivedCopy())
            case nil:
                // The notifications before the answer first: its caller finds them in the buffer.
                self.takeNotifications()
                self.carryOut(self.machine.answerEnded())
            }
        }
        if !self.watched.isClosed { self.takeNotifications() }
    }

    private func takeNotifications() {
        self.machine.router.collect(from: self.watched.handle)
        self.machine.router.deliver { listener, batch in listener.append(&batch) }
    }

    // MARK: - Notifications

    /// What is heard on a channel from now on.
    ///
    /// LISTEN is the caller's to send. At most `byteLimit` bytes wait to be consumed; the consumer can hold as much
    /// again in its own hands.
    package func subscribe(
        to channel: String,
        byteLimit: Int = NotificationBuffer.defaultByteLimit
    ) -> NotificationBuffer {
        let buffer = NotificationBuffer(byteLimit: byteLimit)
        switch self.machine.subscribe(buffer, to: channel) {
        case .listen: break
        case .end(let error): buffer.end(error)
        }
        return buffer
    }

    /// Ends a subscription's sequence; true when it was the channel's last one and UNLISTEN is in order.
    @discardableResult
    package func unsubscribe(_ buffer: NotificationBuffer) -> Bool {
        buffer.end(nil)
        return switch self.machine.unsubscribe(buffer) {
        case .unlisten: true
        case .nothing: false
        }
    }

    /// Ends a subscription's sequence, and sends UNLISTEN if it was the channel's last one.
    ///
    /// No later subscriber is made deaf by it: its LISTEN goes out after this.
    package func unsubscribe(
        _ buffer: NotificationBuffer,
        unlistening quotedChannel: String,
        within bound: Duration,
        timeout: Duration
    ) async throws {
        guard self.unsubscribe(buffer) else { return }
        try await self.perform("UNLISTEN \(quotedChannel)", within: bound, timeout: timeout)
    }

    /// Waits for one notification, but no longer than until a deadline, which ends the subscription.
    package func first(of buffer: NotificationBuffer, before deadline: ContinuousClock.Instant) async throws
        -> ReceivedNotification?
    {
        let timer = self.loop.schedule(at: deadline) { buffer.end(nil) }
        defer { self.loop.cancel(timer) }
        var iterator = buffer.notifications.makeAsyncIterator()
        return try await iterator.next(isolation: self)
    }

    /// A name between quotation marks, to be put into SQL.
    package func quote(_ identifier: String) throws(LibPQError) -> String {
        if let refusal = self.machine.refusal { throw refusal }
        guard let quoted = self.watched.handle.quoteIdentifier(identifier) else {
            throw LibPQError(.invalidArgument, "a name can't be quoted")
        }
        return quoted
    }

    /// A setting that the server reports by itself, such as `in_hot_standby` from version 14 on.
    package func parameterStatus(_ name: String) -> String? {
        self.watched.isClosed ? nil : self.watched.handle.parameterStatus(name)
    }

    // MARK: - The end

    /// Closes the connection after the statement in flight and, if one is given, a last one, but within a bound.
    ///
    /// Statements that were not sent yet fail. It works in a cancelled task, and on a connection that is lost. A last
    /// statement that can't be sent is left out.
    package func close(sending sql: String? = nil, _ parameters: [String?] = [], within bound: Duration) async {
        let id = self.machine.makeStatementID()
        let farewell = sql.flatMap { try? Statement(id: id, sql: $0, parameters: parameters) }
        let timer = self.loop.schedule(at: .now + bound) { [weak self] in
            self?.assumeIsolated { $0.carryOut($0.machine.closingTimedOut()) }
        }
        defer { self.loop.cancel(timer) }
        // It is bounded; so nothing is lost by not having a cancellation handler.
        await withCheckedContinuation { closer in
            self.closers.append(closer)
            switch self.machine.close(farewell: farewell) {
            case .send(let statement): self.send(statement)
            case .wait(let refused): self.fail(refused, .closed)
            case .end(let ending): self.carryOut(ending)
            case .ignore: self.releaseClosers()
            }
        }
    }

    /// The connection is broken; why, is in what libpq and the server said last, unless it is known.
    private func lose(_ reason: LibPQError? = nil) {
        switch self.machine.broke() {
        case .ignore: return
        case .drain: break
        }
        // The server's last word may be still to be read.
        _ = self.watched.handle.consumeInput()
        self.takeWhatCame()
        guard !self.watched.isClosed else { return }
        let complaint = LibPQError(.connectionLost, ConnectFailure.error(from: self.watched.handle.errorText).message)
        self.carryOut(self.machine.drained(self.watched.handle.fatalNotice ?? reason ?? complaint))
    }

    private func carryOut(_ action: SessionMachine.EndAction) {
        switch action {
        case .end(let ending): self.carryOut(ending)
        case .nothing: break
        }
    }

    private func carryOut(_ ending: SessionMachine.Ending) {
        self.watched.close()
        self.disarmStatementTimer()
        self.fail(ending.statements, ending.reason)
        for listener in ending.listeners { listener.end(ending.listenersError) }
        self.releaseClosers()
    }

    private func fail(_ statements: [Statement.ID], _ error: LibPQError) {
        for id in statements { self.waiters.removeValue(forKey: id)?.resume(throwing: error) }
    }

    private func releaseClosers() {
        for closer in self.closers { closer.resume() }
        self.closers = []
    }
}

extension NotificationRouter {
    /// Collects all that libpq has read.
    fileprivate mutating func collect(from handle: Handle) {
        while handle.nextNotification({ self.collect(channel: $0, payload: $1, processID: $2) }) != nil {}
    }
}
