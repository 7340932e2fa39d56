/// Who connects next, and how many may at once.
///
/// Three lines share the slots, so that addresses that swallow packets can't keep peers from each other: who has been
/// connected before may take every slot, who is new three quarters of them, who has only failed so far half of them.
struct ConnectQueue: Sendable {
    enum Line: Int, CaseIterable, Sendable {
        case again, first, retry
    }

    private var lines: [[Endpoint]] = [[], [], []]
    private var heads = [0, 0, 0]
    private var running = [0, 0, 0]

    /// How many connects hold a slot.
    var runningCount: Int { self.running[0] + self.running[1] + self.running[2] }

    mutating func append(_ endpoint: Endpoint, to line: Line) {
        self.lines[line.rawValue].append(endpoint)
    }

    /// A connect has ended, or gave its slot back.
    mutating func ended(_ line: Line) {
        self.running[line.rawValue] -= 1
    }

    /// The next one, if there is a slot; who is no longer queued in that line is passed over.
    mutating func next(limit: Int, isQueued: (Endpoint, Line) -> Bool) -> (endpoint: Endpoint, line: Line)? {
        for line in Line.allCases {
            while self.mayStart(line, limit: limit), let endpoint = self.pop(line) {
                guard isQueued(endpoint, line) else { continue }
                self.running[line.rawValue] += 1
                return (endpoint, line)
            }
        }
        return nil
    }

    private func mayStart(_ line: Line, limit: Int) -> Bool {
        guard self.runningCount < limit else { return false }
        return switch line {
        case .again: true
        case .first: self.running[1] + self.running[2] < max(1, limit * 3 / 4)
        case .retry: self.running[2] < max(1, limit / 2)
        }
    }

    private mutating func pop(_ line: Line) -> Endpoint? {
        let index = line.rawValue
        guard self.heads[index] < self.lines[index].count else { return nil }
        let endpoint = self.lines[index][self.heads[index]]
        self.heads[index] += 1
        if self.heads[index] * 2 > self.lines[index].count {
            self.lines[index].removeSubrange(..<self.heads[index])
            self.heads[index] = 0
        }
        return endpoint
    }
}
