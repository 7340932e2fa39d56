import Testing

@testable import LibPQ

/// The machine without a socket: which statement is sent, which caller is answered what, and how it ends.
struct SessionMachineTests {
    private static let rows = StatementResult(rows: [["1"]])
    private static let refusal = LibPQError(.server, sqlState: "42703", "no such column")
    private static let lost = LibPQError(.connectionLost, "gone")

    private func statement(_ id: Statement.ID) throws -> Statement { try Statement(id: id, sql: "SELECT \(id)") }

    /// A machine with statement 1 in flight and those up to `count` behind it.
    private func running(_ count: Statement.ID = 1) throws -> SessionMachine {
        var machine = SessionMachine()
        for id in 1...count { _ = machine.submit(try self.statement(id)) }
        return machine
    }

    /// One that is closing: statement 1 is in flight, and a farewell, 9, is the last.
    private func closing() throws -> SessionMachine {
        var machine = try self.running()
        _ = machine.close(farewell: try self.statement(9))
        return machine
    }

    private func closed(_ reason: LibPQError) -> SessionMachine {
        var machine = SessionMachine()
        if reason == .closed {
            _ = machine.close(farewell: nil)
        } else {
            _ = machine.broke()
            _ = machine.drained(reason)
        }
        return machine
    }

    // MARK: - Statements

    @Test func `The first statement is sent at once, the second waits for the first one's end`() throws {
        var machine = SessionMachine()
        #expect(machine.submit(try self.statement(1)).sent == 1)
        #expect(machine.submit(try self.statement(2)).sent == nil)
        machine.received(Self.rows)
        let end = machine.answerEnded()
        #expect(end.answered == 1)
        #expect(end.sent == 2)
    }

    @Test func `A thousand statements are sent in the order of their coming`() throws {
        var machine = try self.running(1_000)
        for id in Statement.ID(2)...1_000 {
            machine.received(Self.rows)
            #expect(machine.answerEnded().sent == id)
        }
        machine.received(Self.rows)
        #expect(machine.answerEnded().isLast)
        #expect(!machine.expectsAnswer)
    }

    @Test func `Identifiers differ, also from those of statements that were never submitted`() {
        var machine = SessionMachine()
        #expect(Set((0..<100).map { _ in machine.makeStatementID() }).count == 100)
    }

    @Test func `Of several results the last one counts`() throws {
        var machine = try self.running()
        machine.received(StatementResult(rows: []))
        machine.received(Self.rows)
        #expect(machine.answerEnded().rows == [["1"]])
    }

    @Test func `After an error no result counts, and the next statement is sent`() throws {
        var machine = try self.running(2)
        #expect(machine.received(Self.refusal, isFatal: false).ending == nil)
        machine.received(Self.rows)
        let end = machine.answerEnded()
        #expect(end.error == Self.refusal)
        #expect(end.sent == 2)
    }

    @Test func `A statement that ends without any answer fails`() throws {
        var machine = try self.running()
        #expect(machine.answerEnded().error?.kind == .other)
    }

    @Test func `A statement that can't be sent fails, and the next one is tried`() throws {
        var machine = try self.running(2)
        let end = machine.sendFailed(LibPQError(.other, "no memory"))
        #expect(end.answered == 1)
        #expect(end.error == LibPQError(.other, "no memory"))
        #expect(end.sent == 2)
    }

    @Test func `An error that is fatal ends everything with the server's word`() throws {
        var machine = try self.running(3)
        let buffer = NotificationBuffer(byteLimit: 1)
        _ = machine.subscribe(buffer, to: "a")
        let ending = machine.received(Self.lost, isFatal: true).ending
        #expect(ending?.reason == Self.lost)
        #expect(ending?.statements == [1, 2, 3])
        #expect(ending?.listeners.map(ObjectIdentifier.init) == [ObjectIdentifier(buffer)])
        #expect(ending?.listenersError == Self.lost)
    }

    @Test func `COPY ends the session`() throws {
        var machine = try self.running()
        #expect(machine.receivedCopy().reason.kind == .invalidArgument)
        #expect(machine.submit(try self.statement(2)).refusal?.kind == .invalidArgument)
    }

    // MARK: - Cancellation

    @Test func `A statement that is cancelled while it waits is never sent`() throws {
        var machine = try self.running(3)
        #expect(machine.cancel(2) == .answer)
        machine.received(Self.rows)
        #expect(machine.answerEnded().sent == 3)
    }

    @Test func `A statement that is cancelled in flight is waited for, and its answer is nobody's`() throws {
        var machine = try self.running(2)
        #expect(machine.cancel(1) == .answer)
        #expect(machine.expectsAnswer)
        machine.received(Self.rows)
        let end = machine.answerEnded()
        #expect(end.answered == nil)
        #expect(end.sent == 2)
    }

    @Test func `A caller is answered once, whatever comes after its cancellation`() throws {
        var machine = try self.running()
        #expect(machine.cancel(1) == .answer)
        #expect(machine.cancel(1) == .ignore)
        #expect(machine.receivedCopy().statements.isEmpty)
    }

    @Test func `A cancellation that meets the answer on the way changes nothing`() throws {
        var machine = try self.running()
        machine.received(Self.rows)
        _ = machine.answerEnded()
        #expect(machine.cancel(1) == .ignore)
        #expect(machine.cancel(7) == .ignore)
    }

    // MARK: - Time

    @Test func `A statement out of time ends the session, cancelled or not`() throws {
        for isCancelled in [false, true] {
            var machine = try self.running(2)
            if isCancelled { _ = machine.cancel(1) }
            let ending = machine.statementTimedOut(1).ending
            #expect(ending?.reason.kind == .statementTimedOut)
            #expect(ending?.statements == (isCancelled ? [2] : [1, 2]))
            #expect(machine.submit(try self.statement(3)).refusal?.kind == .statementTimedOut)
        }
    }

    @Test func `A deadline that comes after the answer is nobody's`() throws {
        var machine = try self.running(2)
        machine.received(Self.rows)
        _ = machine.answerEnded()
        #expect(machine.statementTimedOut(1).ending == nil)
        #expect(machine.statementTimedOut(2).ending != nil)
        #expect(machine.statementTimedOut(2).ending == nil)
    }

    // MARK: - Closing

    @Test func `Closing an idle session ends it, without an error for its listeners`() throws {
        var machine = SessionMachine()
        _ = machine.subscribe(NotificationBuffer(byteLimit: 1), to: "a")
        let ending = machine.close(farewell: nil).ending
        #expect(ending?.reason == .closed)
        #expect(ending?.listeners.count == 1)
        #expect(ending?.listenersError == nil)
    }

    @Test func `The farewell of an idle session is sent at once, and its answer ends the session`() throws {
        var machine = SessionMachine()
        guard case .send(let farewell) = machine.close(farewell: try self.statement(9)) else {
            Issue.record("the farewell is not sent")
            return
        }
        #expect(farewell.id == 9)
        machine.received(Self.rows)
        #expect(machine.answerEnded().ending?.reason == .closed)
    }

    @Test func `Closing finishes the statement in flight, then the farewell, and refuses the rest`() throws {
        var machine = try self.running(3)
        #expect(machine.close(farewell: try self.statement(9)).refused == [2, 3])
        machine.received(Self.rows)
        let end = machine.answerEnded()
        #expect(end.answered == 1)
        #expect(end.sent == 9)
        machine.received(Self.rows)
        #expect(machine.answerEnded().ending?.statements == [])
    }

    @Test func `The last statement before the end is answered, and does not fail with the session`() throws {
        var machine = try self.running()
        _ = machine.close(farewell: nil)
        machine.received(Self.rows)
        let end = machine.answerEnded()
        #expect(end.rows == [["1"]])
        #expect(end.ending?.statements == [])
    }

    @Test func `While it closes it takes no statement and no listener`() throws {
        var machine = try self.closing()
        #expect(machine.refusal == .closed)
        #expect(machine.submit(try self.statement(2)).refusal == .closed)
        guard case .end(nil) = machine.subscribe(NotificationBuffer(byteLimit: 1), to: "a") else {
            Issue.record("a listener is taken")
            return
        }
    }

    @Test func `While it closes, deadlines and cancellations of the statement in flight hold`() throws {
        var machine = try self.closing()
        #expect(machine.cancel(1) == .answer)
        #expect(machine.cancel(1) == .ignore)
        #expect(machine.statementTimedOut(1).ending?.reason.kind == .statementTimedOut)
    }

    @Test func `A fatal error while it closes ends it with the server's word`() throws {
        var machine = try self.closing()
        let ending = machine.received(Self.lost, isFatal: true).ending
        #expect(ending?.reason == Self.lost)
        #expect(ending?.statements == [1, 9])
    }

    @Test func `A second close has its farewell said after the first one's`() throws {
        var machine = try self.closing()
        #expect(machine.close(farewell: try self.statement(10)).refused == [])
        for expected: Statement.ID? in [9, 10, nil] {
            machine.received(Self.rows)
            #expect(machine.answerEnded().sent == expected)
        }
        #expect(machine.close(farewell: nil).isIgnored)
    }

    @Test func `A farewell that can't be sent or is refused does not hold up the end`() throws {
        var machine = SessionMachine()
        _ = machine.close(farewell: try self.statement(9))
        #expect(machine.sendFailed(Self.refusal).ending?.reason == .closed)
        machine = SessionMachine()
        _ = machine.close(farewell: try self.statement(9))
        #expect(machine.received(Self.refusal, isFatal: false).ending == nil)
        #expect(machine.answerEnded().ending?.listenersError == nil)
    }

    @Test func `The end of the time for closing ends whatever goes on, once`() throws {
        for var machine in [SessionMachine(), try self.running(), try self.closing()] {
            #expect(machine.closingTimedOut().ending?.reason == .closed)
            #expect(machine.closingTimedOut().ending == nil)
        }
    }

    @Test func `The statement in flight when the time for closing ends fails as closed`() throws {
        var machine = try self.closing()
        #expect(machine.closingTimedOut().ending?.statements.first == 1)
    }

    @Test func `Closing what is over changes nothing`() {
        for reason in [LibPQError.closed, Self.lost] {
            var machine = self.closed(reason)
            #expect(machine.close(farewell: nil).isIgnored)
            #expect(machine.refusal == reason)
        }
    }

    // MARK: - Loss

    @Test func `What came before the connection broke is still an answer`() throws {
        var machine = try self.running(2)
        #expect(machine.broke() == .drain)
        #expect(machine.expectsAnswer)
        machine.received(Self.rows)
        let end = machine.answerEnded()
        #expect(end.answered == 1)
        #expect(end.sent == nil)
        #expect(!machine.expectsAnswer)
        #expect(machine.drained(Self.lost).ending?.statements == [2])
    }

    @Test func `A statement that never left fails with the reason of the break, first of all`() throws {
        var machine = try self.running(2)
        _ = machine.broke()
        let end = machine.answerEnded()
        #expect(end.answered == nil)
        #expect(end.isLast)
        #expect(!machine.expectsAnswer)
        let ending = machine.drained(Self.lost).ending
        #expect(ending?.statements == [1, 2])
        #expect(ending?.reason == Self.lost)
    }

    @Test func `A cancelled statement that never left is not answered again`() throws {
        var machine = try self.running()
        _ = machine.cancel(1)
        _ = machine.broke()
        _ = machine.answerEnded()
        #expect(machine.drained(Self.lost).ending?.statements == [])
    }

    @Test func `The server's last word ends it before the drained connection's own reason`() throws {
        var machine = try self.running()
        _ = machine.broke()
        let word = LibPQError(.connectionLost, sqlState: "57P01", "terminated")
        #expect(machine.received(word, isFatal: true).ending?.reason == word)
        #expect(machine.drained(Self.lost).ending == nil)
        #expect(machine.refusal == word)
    }

    @Test func `A break is noticed once, in every state`() throws {
        for var machine in [SessionMachine(), try self.running(), try self.closing()] {
            #expect(machine.broke() == .drain)
            #expect(machine.broke() == .ignore)
            _ = machine.drained(Self.lost)
            #expect(machine.broke() == .ignore)
        }
    }

    @Test func `A statement that comes while the last words are read fails with the rest`() throws {
        var machine = SessionMachine()
        _ = machine.broke()
        #expect(machine.submit(try self.statement(1)).sent == nil)
        #expect(machine.drained(Self.lost).ending?.statements == [1])
    }

    @Test func `A close that meets the break ends with it`() throws {
        var machine = try self.running()
        _ = machine.broke()
        #expect(machine.close(farewell: try self.statement(9)).refused == [])
        #expect(machine.drained(Self.lost).ending?.statements == [1])
    }

    @Test func `Later statements and listeners hear why a lost session ended`() throws {
        var machine = self.closed(Self.lost)
        #expect(machine.submit(try self.statement(1)).refusal == Self.lost)
        guard case .end(Self.lost) = machine.subscribe(NotificationBuffer(byteLimit: 1), to: "a") else {
            Issue.record("a lost session takes a listener")
            return
        }
    }

    @Test func `A listener that comes after this side's closing hears nothing, and no error`() {
        var machine = self.closed(.closed)
        guard case .end(nil) = machine.subscribe(NotificationBuffer(byteLimit: 1), to: "a") else {
            Issue.record("a closed session takes a listener")
            return
        }
    }

    // MARK: - Listeners

    @Test func `The last listener of a channel takes LISTEN back, and no other does`() {
        var machine = SessionMachine()
        let buffers = (0..<3).map { _ in NotificationBuffer(byteLimit: 1) }
        for (buffer, channel) in zip(buffers, ["a", "a", "b"]) { _ = machine.subscribe(buffer, to: channel) }
        #expect(machine.unsubscribe(buffers[0]) == .nothing)
        #expect(machine.unsubscribe(buffers[0]) == .nothing)
        #expect(machine.unsubscribe(buffers[2]) == .unlisten)
        #expect(machine.unsubscribe(buffers[1]) == .unlisten)
    }

    @Test func `Leaving a session that is over asks for nothing`() throws {
        var machine = SessionMachine()
        let buffer = NotificationBuffer(byteLimit: 1)
        _ = machine.subscribe(buffer, to: "a")
        _ = machine.close(farewell: nil)
        #expect(machine.unsubscribe(buffer) == .nothing)
    }

    @Test func `A channel with a NUL in its name has no listener`() {
        var machine = SessionMachine()
        guard case .end(let error?) = machine.subscribe(NotificationBuffer(byteLimit: 1), to: "a\u{0}b") else {
            Issue.record("a channel that can't be is listened to")
            return
        }
        #expect(error.kind == .invalidArgument)
    }
}

extension SessionMachine.SubmitAction {
    fileprivate var sent: Statement.ID? { if case .send(let statement) = self { statement.id } else { nil } }
    fileprivate var refusal: LibPQError? { if case .refuse(let error) = self { error } else { nil } }
}

extension SessionMachine.StatementEnd {
    fileprivate var answered: Statement.ID? { self.answer?.id }
    fileprivate var rows: [[String?]]? { try? self.answer?.result.get().rows }
    fileprivate var error: LibPQError? { if case .failure(let error) = self.answer?.result { error } else { nil } }
    fileprivate var sent: Statement.ID? { if case .send(let statement) = self.next { statement.id } else { nil } }
    fileprivate var ending: SessionMachine.Ending? { if case .end(let ending) = self.next { ending } else { nil } }
    fileprivate var isLast: Bool { if case .nothing = self.next { true } else { false } }
}

extension SessionMachine.EndAction {
    fileprivate var ending: SessionMachine.Ending? { if case .end(let ending) = self { ending } else { nil } }
}

extension SessionMachine.CloseAction {
    fileprivate var ending: SessionMachine.Ending? { if case .end(let ending) = self { ending } else { nil } }
    fileprivate var refused: [Statement.ID]? { if case .wait(let refused) = self { refused } else { nil } }
    fileprivate var isIgnored: Bool { if case .ignore = self { true } else { false } }
}
