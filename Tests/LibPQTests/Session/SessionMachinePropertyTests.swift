import ClusterFormation
import Testing

@testable import LibPQ

/// What holds of the machine whatever happens, shown by thousands of lives of random events.
struct SessionMachinePropertyTests {
    /// A connection in miniature, which carries the actions out in a list and notes what must not be.
    private struct Life {
        var machine = SessionMachine()
        var numbers: SeededGenerator
        /// Those whose caller has no answer yet.
        var unanswered: Set<Statement.ID> = []
        var answered: Set<Statement.ID> = []
        var farewells: Set<Statement.ID> = []
        var inFlight: Statement.ID?
        var lastSent: Statement.ID = 0
        var listeners: [NotificationBuffer] = []
        var isOver = false

        init(seed: UInt64) {
            self.numbers = SeededGenerator(seed: seed)
        }

        mutating func happens(_ percent: Int) -> Bool {
            Int.random(in: 0..<100, using: &self.numbers) < percent
        }

        mutating func statement() throws -> Statement {
            try Statement(id: self.machine.makeStatementID(), sql: "SELECT 1")
        }

        // MARK: - Events

        mutating func run() throws {
            for _ in 0..<60 {
                switch Int.random(in: 0..<12, using: &self.numbers) {
                case 0...2: try self.submit()
                case 3: self.cancel(Statement.ID.random(in: 1...40, using: &self.numbers))
                case 4...7: if self.machine.expectsAnswer { self.takeOneStep() }
                case 8: self.timeOut(Statement.ID.random(in: 1...40, using: &self.numbers))
                case 9: self.subscribeOrLeave()
                case 10: if self.happens(15) { try self.close() }
                default: if self.happens(20) { self.lose() }
                }
                #expect(self.machine.expectsAnswer == (self.inFlight != nil))
            }
            // Whatever has happened, the end answers all that are left.
            self.carryOut(self.machine.closingTimedOut())
            #expect(self.isOver)
            #expect(self.unanswered.isEmpty)
            #expect(self.listeners.isEmpty)
        }

        mutating func submit() throws {
            let statement = try self.statement()
            self.unanswered.insert(statement.id)
            switch self.machine.submit(statement) {
            case .send(let statement): self.send(statement)
            case .wait: #expect(!self.isOver)
            case .refuse: self.answer(statement.id)
            }
        }

        mutating func cancel(_ id: Statement.ID) {
            switch self.machine.cancel(id) {
            case .answer: self.answer(id)
            case .ignore: #expect(!self.unanswered.contains(id))
            }
        }

        mutating func timeOut(_ id: Statement.ID) {
            let isInFlight = self.inFlight == id
            guard self.happens(isInFlight ? 10 : 100) else { return }
            let wasOver = self.isOver
            self.carryOut(self.machine.statementTimedOut(id))
            #expect(self.isOver == (wasOver || isInFlight))
        }

        mutating func takeOneStep() {
            switch Int.random(in: 0..<10, using: &self.numbers) {
            case 0...3: self.machine.received(StatementResult(rows: []))
            case 4: self.carryOut(self.machine.received(LibPQError(.server, "refused"), isFatal: self.happens(10)))
            case 5 where self.happens(10): self.end(self.machine.receivedCopy())
            default: self.carryOut(self.machine.answerEnded())
            }
        }

        mutating func subscribeOrLeave() {
            if let listener = self.listeners.last, self.happens(50) {
                #expect(self.machine.unsubscribe(listener) == .unlisten)
                self.listeners.removeLast()
                return
            }
            let listener = NotificationBuffer(byteLimit: 1)
            switch self.machine.subscribe(listener, to: "\(ObjectIdentifier(listener))") {
            case .listen: self.listeners.append(listener)
            case .end: #expect(self.machine.refusal != nil)
            }
        }

        mutating func close() throws {
            let farewell = self.happens(50) ? try self.statement() : nil
            if let farewell { self.farewells.insert(farewell.id) }
            switch self.machine.close(farewell: farewell) {
            case .send(let statement): self.send(statement)
            case .wait(let refused): for id in refused { self.answer(id) }
            case .end(let ending): self.end(ending)
            case .ignore: #expect(self.isOver)
            }
            #expect(self.machine.refusal != nil)
        }

        mutating func lose() {
            guard self.machine.broke() == .drain else { return }
            while self.machine.expectsAnswer { self.takeOneStep() }
            self.carryOut(self.machine.drained(LibPQError(.connectionLost, "gone")))
            #expect(self.isOver)
        }

        // MARK: - Actions

        mutating func send(_ statement: Statement) {
            #expect(self.inFlight == nil, "two statements are in flight")
            #expect(!self.isOver)
            #expect(statement.id > self.lastSent, "a statement is sent out of turn")
            #expect(!self.answered.contains(statement.id), "what is cancelled is sent")
            self.inFlight = statement.id
            self.lastSent = statement.id
            if self.happens(5) { self.carryOut(self.machine.sendFailed(LibPQError(.other, "no memory"))) }
        }

        mutating func answer(_ id: Statement.ID) {
            guard !self.farewells.contains(id) else { return }
            #expect(self.unanswered.remove(id) != nil, "a caller is answered twice")
            self.answered.insert(id)
        }

        mutating func carryOut(_ end: SessionMachine.StatementEnd) {
            if let answer = end.answer {
                #expect(answer.id == self.inFlight)
                self.answer(answer.id)
            }
            self.inFlight = nil
            switch end.next {
            case .send(let statement): self.send(statement)
            case .nothing: break
            case .end(let ending): self.end(ending)
            }
        }

        mutating func carryOut(_ action: SessionMachine.EndAction) {
            switch action {
            case .end(let ending): self.end(ending)
            case .nothing: break
            }
        }

        mutating func end(_ ending: SessionMachine.Ending) {
            #expect(!self.isOver, "it ends twice")
            self.isOver = true
            self.inFlight = nil
            for id in ending.statements { self.answer(id) }
            #expect(Set(ending.listeners.map(ObjectIdentifier.init)) == Set(self.listeners.map(ObjectIdentifier.init)))
            self.listeners = []
            #expect(self.machine.refusal == ending.reason)
        }
    }

    @Test func `Each caller is answered once, one statement is in flight at a time, and all hear of the end`() throws {
        for seed in 0..<3_000 as Range<UInt64> {
            var life = Life(seed: seed)
            try life.run()
        }
    }
}
