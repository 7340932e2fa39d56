/// When to look up next and what to report of what has come, as a value.
struct PollingMachine: Sendable {
    /// How a look-up has ended.
    enum Outcome: Sendable {
        case answered(Lookup)
        case failed(LookupError)
        /// It was cancelled at its deadline.
        case overdue
    }

    /// What is to be reported, the conditions first: a list is proof for a strategy that has said nothing else of itself.
    struct Report: Sendable {
        var conditions: [StrategyCondition]
        var nodes: [Node]?

        func deliver(to discovery: Discovery) {
            for condition in self.conditions { discovery.report(condition) }
            if let nodes = self.nodes { discovery.replaceAll(with: nodes) }
        }
    }

    /// After one failure it is asked again this soon, or after the interval when that is shorter: most failures are one
    /// lost packet.
    private static let firstRetry: Duration = .seconds(1)

    private static let jitter = 0.2

    private let configuration: PollingConfiguration
    private var memory: ListMemory
    private var generator: SeededGenerator
    /// How many look-ups in a row have brought no answer at all.
    private var failures = 0
    private var isProven = false
    /// When to look up next.
    private(set) var nextLookup: Instant

    init(configuration: PollingConfiguration, seed: UInt64, at now: Instant) {
        self.configuration = configuration
        self.memory = ListMemory(grace: configuration.removalGrace, emptyAnswers: configuration.emptyAnswers)
        self.generator = SeededGenerator(seed: seed)
        self.nextLookup = now
    }

    mutating func ended(_ outcome: Outcome, at now: Instant) -> Report {
        switch outcome {
        case .answered(let lookup): return self.answered(lookup, at: now)
        case .failed(let error): return self.failed(error, at: now)
        case .overdue:
            let error = LookupError(
                code: "timeout",
                message: "A look-up took longer than \(self.configuration.timeout) and was cancelled; "
                    + "see whether what it asks can be reached, or allow it more time."
            )
            return self.failed(error, at: now)
        }
    }

    private mutating func answered(_ lookup: Lookup, at now: Instant) -> Report {
        let verdict = self.memory.take(lookup, at: now)
        if let condition = Self.condition(flaws: verdict.flaws), !verdict.hasAnswer {
            self.wait(self.retryDelay(), from: now)
            return Report(conditions: [condition], nodes: nil)
        }
        self.failures = 0
        self.wait(self.delay(timeToLive: verdict.flaws.isEmpty ? lookup.timeToLive : nil), from: now)
        let condition = self.condition(of: verdict)
        // The first answer is the proof that a node waits for to be ready, although one of several sources has failed.
        let conditions = self.isProven || condition.state == .active ? [condition] : [.active, condition]
        self.isProven = true
        return Report(conditions: conditions, nodes: verdict.nodes)
    }

    private mutating func failed(_ error: LookupError, at now: Instant) -> Report {
        self.wait(self.retryDelay(), from: now)
        return Report(conditions: [.impaired(code: error.code, message: error.message)], nodes: nil)
    }

    // MARK: Conditions

    private func condition(of verdict: ListMemory.Verdict) -> StrategyCondition {
        if let condition = Self.condition(flaws: verdict.flaws) { return condition }
        if !verdict.unconfirmed.isEmpty {
            return .impaired(
                code: "empty_unconfirmed",
                message: "The answer\(Self.of(verdict.unconfirmed[0])) is empty although peers were listed before; "
                    + "they are kept until it was empty \(self.configuration.emptyAnswers) times in a row."
            )
        }
        return verdict.nodes?.isEmpty == false ? .active : .active(note: "Nobody is listed.")
    }

    private static func condition(flaws: [(source: String, error: LookupError)]) -> StrategyCondition? {
        guard let (source, error) = flaws.first else { return nil }
        let more = flaws.count > 1 ? " (and \(flaws.count - 1) more)" : ""
        let prefix = source.isEmpty ? "" : "\(source): "
        return .impaired(code: error.code, message: "\(prefix)\(error.message)\(more)")
    }

    private static func of(_ source: String) -> String { source.isEmpty ? "" : " of \(source)" }

    // MARK: Times

    private mutating func wait(_ delay: Duration, from now: Instant) {
        let factor = Double.random(in: (1 - Self.jitter)...(1 + Self.jitter), using: &self.generator)
        self.nextLookup = now.advanced(by: delay * factor)
    }

    private func delay(timeToLive: Duration?) -> Duration {
        let longest = max(self.configuration.interval, self.configuration.longestWait)
        return min(max(self.configuration.interval, timeToLive ?? .zero), longest)
    }

    private mutating func retryDelay() -> Duration {
        self.failures += 1
        let longest = max(self.configuration.interval, self.configuration.longestWait)
        let first = min(self.configuration.interval, Self.firstRetry)
        return min(longest, first * Double(1 << min(self.failures - 1, 30)))
    }
}
