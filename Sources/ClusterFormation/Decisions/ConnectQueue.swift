internal import DequeModule

/// Which peer is connected next, and how many may be at once.
///
/// Five lines share the slots, so that addresses that swallow packets can't keep peers from each other: a peer that has
/// just lost its link may take every slot, one that is new or has only failed so far three quarters, and those that have
/// failed again and again, or are known from hearsay alone, half of them.
///
/// Each line is served from both ends in turn: who comes after a crowd that answers nothing waits for one slot and not
/// for the crowd, and nobody waits for ever.
struct ConnectQueue: Sendable {
    /// The lines, first served first.
    enum Line: Int, CaseIterable, Sendable {
        /// Its link has just broken.
        case again
        /// It has been connected before, and has failed since.
        case returning
        /// It is tried for the first time, and has spoken for itself.
        case first
        /// It is tried for the first time, and only others have spoken of it.
        case hearsay
        /// It has only failed so far.
        case retry

        /// Whether its peers have been connected before; anybody may have made up the others.
        var isProven: Bool { self == .again || self == .returning }
    }

    private struct Waiting: Sendable {
        var endpoints: Deque<Endpoint> = []
        var isLastNext = false

        mutating func pop() -> Endpoint? {
            defer { self.isLastNext.toggle() }
            return self.isLastNext ? self.endpoints.popLast() : self.endpoints.popFirst()
        }
    }

    private var lines = [Waiting](repeating: Waiting(), count: Line.allCases.count)
    private var running = [Int](repeating: 0, count: Line.allCases.count)
    /// How many connects go on without a slot, since they ignore their cancellation.
    private(set) var overdueCount = 0

    /// How many connects hold a slot.
    var runningCount: Int { self.running.reduce(0, +) }

    /// How many entries wait, those that are passed over later included.
    var count: Int { self.lines.reduce(0) { $0 + $1.endpoints.count } }

    /// Whether somebody who has never been connected waits for no slot; one that is passed over later, perhaps.
    func hasSlotForUnproven(limit: Int) -> Bool {
        Line.allCases.contains { line in
            !line.isProven && !self.lines[line.rawValue].endpoints.isEmpty && self.mayStart(line, limit: limit)
        }
    }

    mutating func append(_ endpoint: Endpoint, to line: Line) {
        self.lines[line.rawValue].endpoints.append(endpoint)
    }

    /// A connect that held a slot has ended.
    mutating func ended(_ line: Line) {
        self.running[line.rawValue] -= 1
    }

    /// A connect gives its slot back, although it goes on.
    mutating func becameOverdue(_ line: Line) {
        self.running[line.rawValue] -= 1
        self.overdueCount += 1
    }

    mutating func overdueEnded() {
        self.overdueCount -= 1
    }

    /// Forgets peers that are no longer queued; each that is keeps its first place.
    mutating func sweep(isQueued: (Endpoint, Line) -> Bool) {
        for line in Line.allCases {
            var seen = Set<Endpoint>()
            self.lines[line.rawValue].endpoints.removeAll {
                !isQueued($0, line) || !seen.insert($0).inserted
            }
        }
    }

    /// The next one, if there is a slot; a peer that is no longer queued in that line is passed over.
    mutating func next(
        limit: Int,
        includingUnproven: Bool,
        isQueued: (Endpoint, Line) -> Bool
    ) -> (endpoint: Endpoint, line: Line)? {
        for line in Line.allCases where includingUnproven || line.isProven {
            while self.mayStart(line, limit: limit), let endpoint = self.lines[line.rawValue].pop() {
                guard isQueued(endpoint, line) else { continue }
                self.running[line.rawValue] += 1
                return (endpoint, line)
            }
        }
        return nil
    }

    private func running(_ lines: Line...) -> Int {
        lines.reduce(0) { $0 + self.running[$1.rawValue] }
    }

    private func mayStart(_ line: Line, limit: Int) -> Bool {
        guard self.runningCount < limit else { return false }
        // A connector that never lets go must not gather tasks without end for peers that anybody may have announced.
        guard line == .again || self.overdueCount < limit * 16 else { return false }
        let unproven = self.running(.first, .hearsay, .retry)
        return switch line {
        case .again: true
        case .returning: self.running(.returning) < max(1, limit / 2)
        case .first: unproven < max(1, limit * 3 / 4)
        case .hearsay, .retry:
            unproven < max(1, limit * 3 / 4)
                && self.running(.returning, .hearsay, .retry) < max(1, limit / 2)
        }
    }
}
