/// Asks a server that does not report what kind it is, on a connection that has just been made.
struct RoleQuestion {
    enum Answer {
        case nothingYet
        /// What it told, which may be nothing.
        case facts(ServerRole.Facts)
        case lost(LibPQError)
    }

    let handle: Handle
    private var facts = ServerRole.Facts(isStandby: nil, isReadOnly: nil)

    init(_ handle: Handle) {
        self.handle = handle
    }

    /// The question is shorter than any socket's buffer; should it not fit all the same, the connection is of no use.
    func send() -> LibPQError? {
        self.handle.becomeNonBlocking()
        guard self.handle.send(ServerRole.Facts.question, []), case .done = self.handle.flush() else {
            return self.loss
        }
        return nil
    }

    /// The socket has something.
    mutating func hear() -> Answer {
        let isUp = self.handle.consumeInput()
        while !self.handle.isBusy {
            switch self.handle.nextOutcome() {
            case .result(let result):
                if let row = result.rows.first { self.facts = ServerRole.Facts(answer: row) }
            case .error(let error, isFatal: true):
                return .lost(error)
            case .error(_, isFatal: false):
                break
            case .copy:
                // It would be said again and again.
                return .lost(LibPQError(.connectionLost, "the server begins a COPY that nobody asked for"))
            case nil:
                return .facts(self.facts)
            }
        }
        return isUp ? .nothingYet : .lost(self.loss)
    }

    /// After the login it is a broken connection, whatever libpq says on the loop in whatever language.
    private var loss: LibPQError {
        self.handle.fatalNotice
            ?? LibPQError(.connectionLost, ConnectFailure.error(from: self.handle.errorText).message)
    }
}
