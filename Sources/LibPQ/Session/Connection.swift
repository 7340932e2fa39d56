internal import EventLoop

/// One session with a server: statements one after the other, and notifications.
///
/// It lives on ``PollLoop/shared`` and never blocks it. Nobody has to read it: whatever the server sends is taken off
/// the socket at once.
///
/// A connection that is dropped without ``close(sending:_:within:)`` is closed when the last reference goes.
package actor Connection {
    package nonisolated var unownedExecutor: UnownedSerialExecutor { PollLoop.shared.asUnownedSerialExecutor() }

    /// Who and where the other side is.
    package nonisolated let peer: ServerDescription

    /// Whether it was closed, or lost, by now.
    package nonisolated var isClosed: Bool { self.link.isClosed }

    private let link: Link
    private let loop = PollLoop.shared

    private var queue = StatementQueue()
    private var current: Statement?
    private var statementTimer: PollLoop.TimerID?
    private var statementCount: Statement.ID = 0
    private var wantsToWrite = false

    private var router = NotificationRouter()

    /// Whether libpq has given it up; from then on only what came before is taken out.
    private var isBroken = false
    /// Why no statement is taken any more.
    private var ending: LibPQError?
    private var closers: [CheckedContinuation<Void, Never>] = []

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
        let connection = Connection(Link(handle))
        try await connection.open()
        return connection
    }

    private init(_ link: Link) {
        self.link = link
        self.peer = ServerDescription(link.handle)
    }

    private func open() throws(LibPQError) {
        self.link.handle.becomeNonBlocking()
        self.link.watch = self.loop.watch(self.link.handle.socket, for: .readable) { [weak self] in
            self?.assumeIsolated { $0.advance() }
        }
        guard self.link.watch != nil else { throw LibPQError(.other, "the process has no file descriptor left") }
        // What came together with the login's last bytes is read already and will not wake poll(2).
        self.advance()
    }

    // MARK: - Statements

    /// Runs a statement after all that were asked for earlier, and returns what it gave.
    ///
    /// Parameters are `$1`, `$2` and so on, as text. A statement that is cancelled before it was sent never is. One
    /// that was sent runs on in the server while the caller gets its `CancellationError` at once; its answer is thrown
    /// away, the connection stays usable, and the next statement waits for it.
    ///
    /// `timeout` is how long the server may take from the sending on. Past it the connection is closed, since a server
    /// that does not answer one statement will not answer the next.
    /// - Throws: ``LibPQError`` or `CancellationError`.
    @discardableResult
    package func query(
        _ sql: String,
        _ parameters: [String?] = [],
        timeout: Duration? = nil
    ) async throws -> StatementResult {
        try Task.checkCancellation()
        if let ending = self.ending { throw ending }
        self.statementCount += 1
        let id = self.statementCount
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.queue.append(
                    Statement(
                        id: id,
                        sql: sql,
                        parameters: parameters,
                        timeout: timeout,
                        continuation: continuation
                    )
                )
                self.startNextStatement()
            }
        } onCancel: {
            // On the loop, and so after the statement has been queued.
            self.loop.execute { self.assumeIsolated { $0.cancelStatement(id) } }
        }
    }

    /// Runs a statement like ``query(_:_:timeout:)``, but in a cancelled task, too: for what must be said at the end.
    ///
    /// Past the bound the caller gets a `CancellationError` and the connection stays as it is, until the timeout.
    package func perform(
        _ sql: String,
        _ parameters: [String?] = [],
        within bound: Duration,
        timeout: Duration? = nil
    ) async throws {
        if let ending = self.ending { throw ending }
        self.statementCount += 1
        let id = self.statementCount
        let timer = self.loop.schedule(at: .now + bound) { [weak self] in
            self?.assumeIsolated { $0.cancelStatement(id) }
        }
        defer { self.loop.cancel(timer) }
        _ = try await withCheckedThrowingContinuation { continuation in
            self.queue.append(
                Statement(id: id, sql: sql, parameters: parameters, timeout: timeout, continuation: continuation)
            )
            self.startNextStatement()
        }
    }

    private func cancelStatement(_ id: Statement.ID) {
        if self.current?.id == id {
            let continuation = self.current?.continuation
            self.current?.continuation = nil
            continuation?.resume(throwing: CancellationError())
        } else {
            self.queue.remove(id)?.continuation?.resume(throwing: CancellationError())
        }
    }

    private func startNextStatement() {
        guard self.current == nil, !self.isBroken, !self.link.isClosed, let statement = self.queue.popFirst() else {
            return
        }
        self.current = statement
        guard self.link.handle.send(statement.sql, statement.parameters) else { return self.lose() }
        if let timeout = statement.timeout {
            self.statementTimer = self.loop.schedule(at: .now + timeout) { [weak self] in
                self?.assumeIsolated { $0.runOutOfTime() }
            }
        }
        self.flush()
    }

    private func runOutOfTime() {
        self.statementTimer = nil
        self.end(LibPQError(.statementTimedOut, "the server did not answer a statement in time"))
    }

    private func flush() {
        switch self.link.handle.flush() {
        case .done: self.setWantsToWrite(false)
        case .more: self.setWantsToWrite(true)
        // The reason is in what is still to be read.
        case .failed: self.lose()
        }
    }

    private func setWantsToWrite(_ wants: Bool) {
        guard self.wantsToWrite != wants, let watch = self.link.watch else { return }
        self.wantsToWrite = wants
        self.loop.change(watch, to: wants ? [.readable, .writable] : .readable)
    }

    // MARK: - What comes

    /// The socket has something, or has room, or is broken.
    private func advance() {
        guard !self.link.isClosed else { return }
        if self.wantsToWrite {
            self.flush()
            guard !self.link.isClosed else { return }
        }
        let isUp = self.link.handle.consumeInput()
        self.takeWhatCame()
        if !isUp, !self.link.isClosed { self.lose() }
    }

    private func takeWhatCame() {
        let handle = self.link.handle
        // What an answer leads to may close the connection, and with it the handle.
        while !self.link.isClosed, self.current != nil, !handle.isBusy {
            switch handle.nextOutcome() {
            case .result(let result):
                if case .success = self.current?.outcome { self.current?.outcome = .success(result) }
            case .error(let error, let isFatal):
                self.current?.outcome = .failure(error)
                if isFatal { return self.end(error) }
            case .copy:
                return self.end(LibPQError(.invalidArgument, "COPY is not possible here"))
            case nil:
                // The notifications before the answer first: who awaits the answer finds them there.
                self.router.route(from: handle)
                self.finishStatement()
            }
        }
        guard !self.link.isClosed else { return }
        self.router.route(from: handle)
    }

    private func finishStatement() {
        if let timer = self.statementTimer { self.loop.cancel(timer) }
        self.statementTimer = nil
        let statement = self.current
        self.current = nil
        statement?.resume()
        self.startNextStatement()
        self.closeIfDone()
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
        if let ending = self.ending {
            buffer.end(ending.kind == .closed ? nil : ending)
        } else {
            self.router.add(buffer, channel: channel)
        }
        return buffer
    }

    /// Ends a subscription's sequence; true when it was the channel's last one and UNLISTEN is in order.
    @discardableResult
    package func unsubscribe(_ buffer: NotificationBuffer) -> Bool {
        buffer.end(nil)
        return self.router.remove(buffer)
    }

    /// Ends a subscription's sequence, and sends UNLISTEN if it was the channel's last one.
    ///
    /// Nobody who subscribes meanwhile is made deaf by it: a later LISTEN goes out after it.
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
        if let ending = self.ending { throw ending }
        guard let quoted = self.link.handle.quoteIdentifier(identifier) else {
            throw LibPQError(.invalidArgument, "a name can't be quoted")
        }
        return quoted
    }

    /// A setting that the server reports by itself, such as `in_hot_standby` from version 14 on.
    package func parameterStatus(_ name: String) -> String? {
        self.link.isClosed ? nil : self.link.handle.parameterStatus(name)
    }

    // MARK: - The end

    /// Closes the connection after the statement in flight and, if one is given, a last one, but within a bound.
    ///
    /// Statements that were not sent yet fail. It works in a cancelled task, and on a connection that is lost.
    package func close(sending sql: String? = nil, _ parameters: [String?] = [], within bound: Duration) async {
        guard !self.link.isClosed else { return }
        self.ending = self.ending ?? .closed
        for statement in self.queue.removeAll() { statement.continuation?.resume(throwing: LibPQError.closed) }
        if let sql {
            self.statementCount += 1
            self.queue.append(Statement(id: self.statementCount, sql: sql, parameters: parameters, timeout: nil))
        }
        let timer = self.loop.schedule(at: .now + bound) { [weak self] in self?.assumeIsolated { $0.end(nil) } }
        defer { self.loop.cancel(timer) }
        // It is bounded; so nothing is lost by not having a cancellation handler.
        await withCheckedContinuation { continuation in
            self.closers.append(continuation)
            self.startNextStatement()
            self.closeIfDone()
        }
    }

    private func closeIfDone() {
        guard !self.closers.isEmpty, self.current == nil, self.queue.isEmpty else { return }
        self.end(nil)
    }

    /// The connection is broken; why, is in what libpq and the server said last.
    private func lose() {
        guard !self.isBroken else { return }
        self.isBroken = true
        // The server's last word may be still to be read.
        _ = self.link.handle.consumeInput()
        self.takeWhatCame()
        guard !self.link.isClosed else { return }
        let text = ConnectFailure.error(from: self.link.handle.errorText).message
        self.end(self.link.handle.fatalNotice ?? LibPQError(.connectionLost, text))
    }

    /// The one way out; without an error it was this side's wish.
    private func end(_ error: LibPQError?) {
        guard !self.link.isClosed else { return }
        self.link.close()
        if let timer = self.statementTimer { self.loop.cancel(timer) }
        self.statementTimer = nil
        let reason = error ?? .closed
        self.ending = reason
        self.current?.continuation?.resume(throwing: reason)
        self.current = nil
        for statement in self.queue.removeAll() { statement.continuation?.resume(throwing: reason) }
        self.router.end(error)
        for closer in self.closers { closer.resume() }
        self.closers = []
    }
}
