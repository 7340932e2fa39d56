internal import DequeModule

/// Decides what a session does: a value that knows neither sockets nor libpq nor a clock.
///
/// One statement is in flight at a time, the others wait in the order in which they came. ``Connection`` tells it what
/// happens, and carries out what it answers.
struct SessionMachine {
    private enum State {
        /// Nothing is in flight, and nothing waits.
        case idle
        case running(Flight)
        /// No further statement is taken: the one in flight and the farewells that wait are the last.
        case closing(Flight)
        /// libpq has given the connection up. What it had read before that is still taken out.
        case draining(Flight?)
        /// Over; each later statement fails with the reason.
        case closed(LibPQError)
    }

    /// The statement that the server has, and what has come of its answer.
    private struct Flight {
        enum Outcome {
            case pending
            case success(StatementResult)
            case failure(LibPQError)
        }

        let statement: Statement
        /// Whether its caller has not been answered yet.
        var isAwaited = true
        var outcome = Outcome.pending

        init(_ statement: Statement) {
            self.statement = statement
        }
    }

    /// How the session ends, to be told to all that depend on it.
    struct Ending {
        /// What the statements fail with, those that come later as well.
        let reason: LibPQError
        /// Those that have no answer yet; a farewell is among them, though no caller waits for its answer.
        let statements: [Statement.ID]
        /// Those that still listen.
        let listeners: [NotificationBuffer]
        /// What the listeners' sequences throw; nil when the end was this side's wish.
        let listenersError: LibPQError?
    }

    /// What follows on an event that may be the session's end.
    enum EndAction {
        case end(Ending)
        case nothing
    }

    private var state = State.idle
    /// Empty while the session is idle or closed.
    private var waiting: Deque<Statement> = []
    private var lastID: Statement.ID = 0

    /// Where notifications go.
    ///
    /// Beside the state and not within it: each notification passes here, and an enum's payload can't be changed in
    /// place.
    var router = NotificationRouter()

    mutating func makeStatementID() -> Statement.ID {
        self.lastID += 1
        return self.lastID
    }

    /// Whether libpq is to be asked for results.
    var expectsAnswer: Bool {
        switch self.state {
        case .running, .closing, .draining(.some): true
        case .idle, .draining(nil), .closed: false
        }
    }

    /// Why no statement is taken any more; nil while statements are taken.
    var refusal: LibPQError? {
        switch self.state {
        case .idle, .running, .draining: nil
        case .closing: .closed
        case .closed(let reason): reason
        }
    }

    // MARK: - Statements

    enum SubmitAction {
        case send(Statement)
        case wait
        case refuse(LibPQError)
    }

    /// A caller has a statement.
    mutating func submit(_ statement: Statement) -> SubmitAction {
        switch self.state {
        case .idle:
            self.state = .running(Flight(statement))
            return .send(statement)
        case .running, .draining:
            // While the connection's last words are read it fails with the rest, for the reason that is found there.
            self.waiting.append(statement)
            return .wait
        case .closing:
            return .refuse(.closed)
        case .closed(let reason):
            return .refuse(reason)
        }
    }

    enum CancelAction {
        /// The caller is to be told that its statement is cancelled.
        case answer
        case ignore
    }

    /// A caller waits no longer.
    ///
    /// What has been sent runs on, and its answer is thrown away.
    mutating func cancel(_ id: Statement.ID) -> CancelAction {
        if let index = self.waiting.firstIndex(where: { $0.id == id }) {
            self.waiting.remove(at: index)
            return .answer
        }
        // Otherwise the answer and the cancellation have met on the way: its caller has been answered.
        guard var flight = self.flight, flight.statement.id == id, flight.isAwaited else { return .ignore }
        flight.isAwaited = false
        self.flight = flight
        return .answer
    }

    /// A statement's time is over.
    ///
    /// A server that does not answer one statement will not answer the next.
    mutating func statementTimedOut(_ id: Statement.ID) -> EndAction {
        // The answer and the deadline can meet in one turn of the loop.
        guard self.flight?.statement.id == id else { return .nothing }
        return .end(self.end(LibPQError(.statementTimedOut, "the server did not answer a statement in time")))
    }

    /// What follows when the statement in flight is done.
    struct StatementEnd {
        enum Next {
            case send(Statement)
            case nothing
            case end(Ending)
        }

        /// Nil when the caller waits no longer.
        let answer: (id: Statement.ID, result: Result<StatementResult, LibPQError>)?
        let next: Next
    }

    /// libpq did not take the statement, and the connection is good.
    mutating func sendFailed(_ error: LibPQError) -> StatementEnd {
        self.receive(.failure(error))
        return self.answerEnded()
    }

    /// One result has come.
    ///
    /// Of several the last counts, and after an error none.
    mutating func received(_ result: StatementResult) {
        self.receive(.success(result))
    }

    /// The server refuses the statement, or ends the session with it.
    mutating func received(_ error: LibPQError, isFatal: Bool) -> EndAction {
        self.receive(.failure(error))
        return isFatal ? .end(self.end(error)) : .nothing
    }

    /// A COPY has begun.
    ///
    /// It would go on until this side ends it, which is not possible here.
    mutating func receivedCopy() -> Ending {
        self.end(LibPQError(.invalidArgument, "COPY is not possible here"))
    }

    /// No further result comes.
    mutating func answerEnded() -> StatementEnd {
        guard let flight = self.flight else { preconditionFailure("an answer ends with no statement in flight") }
        let result: Result<StatementResult, LibPQError>
        switch flight.outcome {
        case .success(let rows): result = .success(rows)
        case .failure(let error): result = .failure(error)
        case .pending:
            if case .draining = self.state {
                // It never reached the server. It fails with those that wait, for the reason that is being read.
                self.state = .draining(nil)
                if flight.isAwaited { self.waiting.prepend(flight.statement) }
                return StatementEnd(answer: nil, next: .nothing)
            }
            result = .failure(LibPQError(.other, "the statement ended without an answer"))
        }
        return StatementEnd(answer: flight.isAwaited ? (flight.statement.id, result) : nil, next: self.next())
    }

    private mutating func next() -> StatementEnd.Next {
        switch self.state {
        case .running:
            guard let statement = self.waiting.popFirst() else {
                self.state = .idle
                return .nothing
            }
            self.state = .running(Flight(statement))
            return .send(statement)
        case .closing:
            guard let farewell = self.waiting.popFirst() else {
                // Its statement has been answered, and is not to fail with the rest.
                self.state = .idle
                return .end(self.end(nil))
            }
            self.state = .closing(Flight(farewell))
            return .send(farewell)
        case .draining:
            self.state = .draining(nil)
            return .nothing
        case .idle, .closed:
            preconditionFailure("the end of a statement that was not in flight")
        }
    }

    private mutating func receive(_ outcome: Flight.Outcome) {
        guard var flight = self.flight else { preconditionFailure("an answer comes with no statement in flight") }
        if case .failure = flight.outcome { return }
        flight.outcome = outcome
        self.flight = flight
    }

    private var flight: Flight? {
        get {
            switch self.state {
            case .running(let flight), .closing(let flight): flight
            case .draining(let flight): flight
            case .idle, .closed: nil
            }
        }
        set {
            guard let newValue else { preconditionFailure("a statement in flight leaves by next() or end(_:) only") }
            switch self.state {
            case .running: self.state = .running(newValue)
            case .closing: self.state = .closing(newValue)
            case .draining: self.state = .draining(newValue)
            case .idle, .closed: preconditionFailure("nothing is in flight")
            }
        }
    }

    // MARK: - Notifications

    enum SubscribeAction {
        case listen
        /// There is nothing to hear any more: the sequence throws the error, or just ends.
        case end(LibPQError?)
    }

    /// A listener wants to hear a channel.
    ///
    /// LISTEN is its own to send.
    mutating func subscribe(_ listener: NotificationBuffer, to channel: String) -> SubscribeAction {
        switch self.state {
        case .idle, .running, .draining:
            guard !channel.utf8.contains(0) else {
                return .end(LibPQError(.invalidArgument, "a channel's name can't have a NUL in it"))
            }
            self.router.add(listener, channel: channel)
            return .listen
        case .closing:
            return .end(nil)
        case .closed(let reason):
            return .end(reason.kind == .closed ? nil : reason)
        }
    }

    enum UnsubscribeAction {
        /// It was the channel's last listener.
        case unlisten
        case nothing
    }

    mutating func unsubscribe(_ listener: NotificationBuffer) -> UnsubscribeAction {
        // A listener that is unknown has left before, or the session has ended: nothing to do, either.
        self.router.remove(listener) ? .unlisten : .nothing
    }

    // MARK: - The end

    enum CloseAction {
        /// The farewell goes out at once.
        case send(Statement)
        /// The statement in flight is finished first; those that were not sent fail.
        case wait(refusing: [Statement.ID])
        case end(Ending)
        case ignore
    }

    /// This side closes the session, after a farewell if there is one.
    mutating func close(farewell: Statement?) -> CloseAction {
        switch self.state {
        case .idle:
            guard let farewell else { return .end(self.end(nil)) }
            self.state = .closing(Flight(farewell))
            return .send(farewell)
        case .running(let flight):
            let refused = self.waiting.map(\.id)
            self.waiting = farewell.map { [$0] } ?? []
            self.state = .closing(flight)
            return .wait(refusing: refused)
        case .closing:
            // The farewells are said in the order of the calls.
            if let farewell { self.waiting.append(farewell) }
            return .wait(refusing: [])
        case .draining:
            // The end comes in this very turn of the loop, and there is no way left for a farewell.
            return .wait(refusing: [])
        case .closed:
            return .ignore
        }
    }

    /// The time for closing is over.
    mutating func closingTimedOut() -> EndAction {
        switch self.state {
        // The end and the deadline can meet in one turn of the loop.
        case .closed: .nothing
        case .idle, .running, .closing, .draining: .end(self.end(nil))
        }
    }

    enum BreakAction {
        /// What libpq has read is to be taken out, and then ``drained(_:)`` to be called.
        case drain
        /// It is known.
        case ignore
    }

    /// libpq has given the connection up.
    mutating func broke() -> BreakAction {
        switch self.state {
        case .idle:
            self.state = .draining(nil)
            return .drain
        case .running(let flight), .closing(let flight):
            self.state = .draining(flight)
            return .drain
        case .draining, .closed:
            return .ignore
        }
    }

    /// Everything is taken out of a broken connection, and this is why it broke.
    mutating func drained(_ error: LibPQError) -> EndAction {
        switch self.state {
        case .draining: .end(self.end(error))
        // The last words have ended it themselves.
        case .closed: .nothing
        case .idle, .running, .closing: preconditionFailure("a connection is drained that is not broken")
        }
    }

    /// The one way out; without an error it was this side's wish.
    private mutating func end(_ error: LibPQError?) -> Ending {
        var statements: [Statement.ID] = []
        if let flight = self.flight, flight.isAwaited { statements.append(flight.statement.id) }
        statements += self.waiting.map(\.id)
        self.waiting = []
        let reason = error ?? .closed
        self.state = .closed(reason)
        return Ending(
            reason: reason,
            statements: statements,
            listeners: self.router.removeAll(),
            listenersError: error
        )
    }
}
