/// When a second strategy runs because the first one does not work, as a value.
///
/// The first one may be made of several: it works as long as one of them does.
struct FallbackGate: Sendable {
    private let delay: Duration
    /// How the parts of the first strategy are doing, by their index.
    private var states: [StrategyCondition.State]
    /// Since when the first strategy has worked, or has not; nil before the begin.
    private var since: Instant?
    /// Whether the second one is to run.
    private(set) var isOpen = false

    init(parts: Int, delay: Duration) {
        self.states = Array(repeating: .starting, count: parts)
        self.delay = delay
    }

    private var works: Bool { self.states.contains(.active) }

    /// When it opens or closes if nothing changes; nil when it stays as it is.
    var nextDeadline: Instant? { self.works == self.isOpen ? self.since?.advanced(by: self.delay) : nil }

    /// The time begins to count.
    mutating func begin(at now: Instant) {
        self.since = self.since ?? now
    }

    /// A part of the first strategy has said how it is doing.
    mutating func report(_ state: StrategyCondition.State, part: Int, at now: Instant) {
        let before = self.works
        self.states[part] = state
        if self.works != before || self.since == nil { self.since = now }
    }

    /// A part has reported a whole list: a proof where it has said nothing of itself.
    mutating func answered(part: Int, at now: Instant) {
        if self.states[part] == .starting { self.report(.active, part: part, at: now) }
    }

    mutating func timerFired(at now: Instant) {
        if let deadline = self.nextDeadline, deadline <= now { self.isOpen.toggle() }
    }
}
