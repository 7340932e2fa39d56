internal import ClusterFormation

/// What all sources have in common in one round of look-ups.
struct DNSRound: Sendable {
    let servers: any NameServers
    /// Under which domains short names are looked for, or why nobody knows.
    let list: Result<SearchList, DNSFailure>
    /// Which families of addresses count; the first one most.
    let types: [RecordType]
    /// The port of whoever is known by an address alone.
    let defaultPort: Int
    let deadline: ContinuousClock.Instant
}

/// One name that is looked up again and again.
protocol DNSSource: Actor {
    /// Whether the answer depends on the machine's search list.
    nonisolated var needsList: Bool { get }

    /// Looks it up once.
    ///
    /// - Throws: `CancellationError`.
    func lookUp(_ round: DNSRound) async throws -> DNSFindings
}

/// What one source has found, or several together.
struct DNSFindings: Sendable {
    /// By the questions, such as `AAAA orders.internal`.
    var answers: [String: Lookup.Answer] = [:]
    /// For how long the shortest-lived of the records is good.
    private(set) var timeToLive: Duration?

    mutating func add(_ answer: Lookup.Answer, to question: String, timeToLive: Duration? = nil) {
        self.answers[question] = answer
        self.limit(timeToLive)
    }

    mutating func add(_ other: DNSFindings) {
        self.answers.merge(other.answers) { _, new in new }
        self.limit(other.timeToLive)
    }

    mutating func limit(_ timeToLive: Duration?) {
        guard let timeToLive else { return }
        self.timeToLive = min(self.timeToLive ?? timeToLive, timeToLive)
    }
}
