/// Which whole name is tried next, and what the search for a name comes to.
///
/// The candidate that worked is remembered: with `ndots:5`, as in Kubernetes, a full name would otherwise cost several
/// questions that fail, each time.
struct NameSearch<Answer: SearchAnswer>: Sendable {
    /// After so many empty answers in a row a candidate that once worked is no longer the only one that is tried.
    static var emptyAnswersUntilForgotten: Int { 3 }

    enum Step: Sendable {
        case ask(candidate: String)
        case end(Answer)
    }

    private let name: DomainName
    private var list = SearchList.none
    private var working: String?
    private var emptyAnswers = 0

    private var untried: ArraySlice<String> = []
    private var current: String?
    private var failed: Answer?
    private var empty: Answer?

    init(for name: DomainName) {
        self.name = name
    }

    /// Whether the answer depends on the machine's search list.
    var needsList: Bool { !self.name.isAbsolute }

    /// Begins a search; another list than last time is another machine to the names.
    mutating func begin(with list: SearchList) -> Step? {
        if list != self.list { (self.working, self.emptyAnswers) = (nil, 0) }
        self.list = list
        self.untried = (self.working.map { [$0] } ?? list.candidates(for: self.name))[...]
        (self.failed, self.empty) = (nil, nil)
        return self.next()
    }

    /// Takes the answer about the candidate that was asked for last.
    mutating func received(_ answer: Answer) -> Step? {
        switch answer.verdict {
        case .found:
            self.emptyAnswers = 0
            // An earlier candidate whose server failed may be the right one.
            if self.failed == nil { self.working = self.current }
            return .end(answer)
        case .empty:
            self.empty = self.empty ?? answer
        case .failed(let failure):
            // Who asks a server that is not there the next question learns no more.
            guard failure.kind.isServersWord else { return .end(answer) }
            self.failed = self.failed ?? answer
        }
        return self.next()
    }

    /// Carries a whole search out; nil when there is no candidate.
    mutating func run(
        _ list: SearchList,
        asking ask: (_ candidate: String) async throws -> Answer
    ) async throws -> Answer? {
        var step = self.begin(with: list)
        while case .ask(let candidate)? = step { step = self.received(try await ask(candidate)) }
        guard case .end(let answer)? = step else { return nil }
        return answer
    }

    private mutating func next() -> Step? {
        if let candidate = self.untried.popFirst() {
            self.current = candidate
            return .ask(candidate: candidate)
        }
        // Where one candidate is not known, the name is not known to be empty.
        if let failed = self.failed { return .end(failed) }
        guard let empty = self.empty else { return nil }
        self.emptyAnswers += 1
        if self.emptyAnswers >= Self.emptyAnswersUntilForgotten { (self.working, self.emptyAnswers) = (nil, 0) }
        return .end(empty)
    }
}

/// What a search needs to know of an answer.
protocol SearchAnswer: Sendable {
    var verdict: SearchVerdict { get }
}

/// What an answer is to a search.
enum SearchVerdict: Hashable, Sendable {
    /// The candidate is the one that is looked for.
    case found
    case empty
    case failed(DNSFailure)
}

extension DNSAnswer: SearchAnswer {
    var verdict: SearchVerdict {
        switch self {
        case .whole, .partial: .found
        case .empty: .empty
        case .failed(let failure): .failed(failure)
        }
    }
}
