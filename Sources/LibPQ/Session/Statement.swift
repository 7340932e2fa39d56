/// One statement that waits for its turn, or for its answer.
struct Statement {
    typealias ID = UInt64

    let id: ID
    let sql: String
    let parameters: [String?]
    /// From when it is sent.
    let timeout: Duration?
    /// Nil when nobody waits any more.
    var continuation: CheckedContinuation<StatementResult, any Error>?
    /// What has come of the answer.
    var outcome: Result<StatementResult, LibPQError> = .success(StatementResult())

    func resume() {
        switch self.outcome {
        case .success(let result): self.continuation?.resume(returning: result)
        case .failure(let error): self.continuation?.resume(throwing: error)
        }
    }
}

/// Statements in the order of their arrival.
struct StatementQueue {
    private var statements: [Statement] = []
    /// Those before this one have left.
    private var head = 0

    var isEmpty: Bool { self.head == self.statements.count }

    mutating func append(_ statement: Statement) {
        self.statements.append(statement)
    }

    mutating func popFirst() -> Statement? {
        guard !self.isEmpty else {
            return nil
        }
        let first = self.statements[self.head]
        self.head += 1
        if self.head > 64, self.head > self.statements.count / 2 || self.isEmpty {
            self.statements.removeFirst(self.head)
            self.head = 0
        } else if self.isEmpty {
            self.statements.removeAll(keepingCapacity: true)
            self.head = 0
        }
        return first
    }

    mutating func remove(_ id: Statement.ID) -> Statement? {
        guard let index = self.statements[self.head...].firstIndex(where: { $0.id == id }) else { return nil }
        return self.statements.remove(at: index)
    }

    mutating func removeAll() -> [Statement] {
        defer {
            self.statements = []
            self.head = 0
        }
        return Array(self.statements[self.head...])
    }
}
