internal import ClusterFormation

/// When to list, when to watch, and who is there, as a value.
///
/// It lists page by page and believes nothing before the last page is there; then it watches from the state that the
/// list has shown, and goes on from the last state that it was told, however often the watch ends. It lists anew only
/// when the server has forgotten that state, when an event can't be read, or when nobody seems to be there any more.
struct WatchMachine: Sendable {
    /// What to do now.
    enum Step: Sendable, Hashable {
        case list(continuation: String?)
        /// To watch; the server is to end it after so many seconds.
        case watch(resourceVersion: String, timeout: Int)
        case wait(until: Instant)
    }

    /// How a watch has ended.
    enum End: Sendable, Hashable {
        /// The server has ended it, or its connection broke, or it was given up by the machine's own word.
        case closed
        /// It was not ended by the server when it should have been.
        case silent
        case failed(APIFailure)
    }

    /// What is to be reported, the conditions first.
    struct Report: Sendable {
        var conditions: [StrategyCondition] = []
        var nodes: [Node]?
        /// Whether a watch that is under way is still wanted.
        var goesOn = true

        func deliver(to discovery: Discovery) {
            for condition in self.conditions { discovery.report(condition) }
            if let nodes = self.nodes { discovery.replaceAll(with: nodes) }
        }
    }

    /// How many pages a list may have.
    static let maximumPages = 1_000

    private let query: APIQuery
    private var peers: WatchedPeers
    private var schedule: WatchSchedule
    private var resourceVersion: String?
    /// The pages of a list that is not whole yet.
    private var pages: [APIPage] = []
    private var notBefore: Instant
    private var watchOpenedAt: Instant?

    private var failures = 0
    private var expirations = 0
    private var hasReadTokenAgain = false
    private var condition: StrategyCondition?
    /// What the list itself says: reported again when an outage is over.
    private var listCondition: StrategyCondition = .active

    /// When ``passed(at:)`` is to be called: somebody who is missing may have been so for long enough then.
    var deadline: Instant? { self.peers.deadline }

    init(query: APIQuery, configuration: KubernetesConfiguration, localNode: Node, seed: UInt64, at now: Instant) {
        self.query = query
        self.peers = WatchedPeers(configuration, localNode: localNode, selector: query.selector)
        self.schedule = WatchSchedule(seed: seed)
        self.notBefore = now
    }

    mutating func next(at now: Instant) -> Step {
        guard now >= self.notBefore else { return .wait(until: self.notBefore) }
        guard let resourceVersion = self.resourceVersion else {
            return .list(continuation: self.pages.last?.continuation)
        }
        self.watchOpenedAt = nil
        return .watch(resourceVersion: resourceVersion, timeout: self.schedule.watchTimeout())
    }

    // MARK: Listing

    mutating func listed(_ answer: Result<APIPage, APIFailure>, at now: Instant) -> Report {
        switch answer {
        case .failure(let failure): return self.failed(failure, at: now)
        case .success(let page):
            self.hasReadTokenAgain = false
            self.pages.append(page)
            guard page.continuation == nil else {
                guard self.pages.count < Self.maximumPages, self.pages.recordCount <= WatchedPeers.maximumRecords else {
                    return self.tooLong(at: now)
                }
                return Report()
            }
            guard self.pages.recordCount <= WatchedPeers.maximumRecords else { return self.tooLong(at: now) }
            self.peers.replace(with: self.pages.flatMap(\.objects))
            self.resourceVersion = page.resourceVersion
            self.pages = []
            return self.tell(self.peers.judge(at: now), at: now)
        }
    }

    private mutating func tooLong(at now: Instant) -> Report {
        self.relist(after: self.retryDelay(), at: now)
        return self.report(
            .impaired(
                code: "list_too_long",
                message: "The API lists more than \(WatchedPeers.maximumRecords) endpoints; choose a narrower selector."
            )
        )
    }

    // MARK: Watching

    /// The server has accepted a watch.
    mutating func watchOpened(at now: Instant) -> Report {
        self.watchOpenedAt = now
        self.hasReadTokenAgain = false
        return self.report(self.listCondition)
    }

    mutating func received(_ event: Result<WatchEvent, APIFailure>, at now: Instant) -> Report {
        switch event {
        case .failure(let failure), .success(.failed(let failure)):
            self.weigh(at: now)
            var report = self.failed(failure, at: now)
            // Whatever was in the event is not known now, and what comes after it would be believed too early.
            self.resourceVersion = nil
            report.goesOn = false
            return report
        case .success(.changed(let object)):
            self.heard(object.resourceVersion)
            guard self.peers.put(object) else { return self.tooLong(at: now).ending }
            return self.tell(self.peers.judge(at: now), at: now)
        case .success(.deleted(let name, let resourceVersion)):
            self.heard(resourceVersion)
            self.peers.remove(name)
            return self.tell(self.peers.judge(at: now), at: now)
        case .success(.bookmark(let resourceVersion)):
            self.heard(resourceVersion)
            return Report()
        case .success(.other):
            return Report()
        }
    }

    private mutating func heard(_ resourceVersion: String) {
        if !resourceVersion.isEmpty { self.resourceVersion = resourceVersion }
    }

    mutating func watchEnded(_ end: End, at now: Instant) -> Report {
        self.weigh(at: now)
        switch end {
        case .failed(let failure): return self.failed(failure, at: now)
        case .silent:
            // The connection was dead, who knows for how long; the next one tells what was missed.
            return Report()
        case .closed:
            // What gave the watch up has said itself when to go on.
            guard self.notBefore <= now, self.isShort(at: now) else { return Report() }
            // A server, or something before it, that accepts every watch and ends it at once.
            self.notBefore = now.advanced(by: self.retryDelay())
            return Report()
        }
    }

    /// A watch that lasted is what ends a row of failures: a list alone does not, or a list that can be had and a watch
    /// that can't would take turns without a pause.
    private mutating func weigh(at now: Instant) {
        if self.watchOpenedAt != nil, !self.isShort(at: now) { (self.failures, self.expirations) = (0, 0) }
    }

    private func isShort(at now: Instant) -> Bool {
        (self.watchOpenedAt?.duration(to: now) ?? .zero) < WatchSchedule.shortestWatch
    }

    // MARK: Failures

    private mutating func failed(_ failure: APIFailure, at now: Instant) -> Report {
        switch failure {
        case .unauthorized where !self.hasReadTokenAgain:
            // Tokens rotate: the one that was sent may have run out a moment ago.
            self.hasReadTokenAgain = true
            return Report()
        case .expired:
            self.expirations += 1
            self.relist(after: self.schedule.relist(expirations: self.expirations), at: now)
            // Once is a matter of course after an outage of some minutes.
            guard self.expirations >= 3 else { return Report() }
        case .throttled(let retryAfter), .refused(_, _, let retryAfter):
            let wait = retryAfter.map { self.schedule.atLeast(max($0, .seconds(1))) }
            self.notBefore = now.advanced(by: wait ?? self.retryDelay())
        case .unreadable:
            self.relist(after: self.retryDelay(), at: now)
        case .unauthorized, .forbidden, .notFound, .transport:
            self.notBefore = now.advanced(by: self.retryDelay())
        }
        return self.report(Complaint.condition(of: failure, query: self.query))
    }

    private mutating func retryDelay() -> Duration {
        self.failures += 1
        return self.schedule.retry(failures: self.failures)
    }

    private mutating func relist(after delay: Duration, at now: Instant) {
        self.resourceVersion = nil
        self.pages = []
        self.notBefore = now.advanced(by: delay)
    }

    // MARK: Telling

    /// The deadline has passed.
    mutating func passed(at now: Instant) -> Report {
        self.peers.passed(at: now).map { self.tell($0, at: now) } ?? Report()
    }

    private mutating func tell(_ judgement: WatchedPeers.Judgement, at now: Instant) -> Report {
        self.listCondition = judgement.condition
        if judgement.isUnconfirmed { self.relist(after: self.schedule.spread(WatchSchedule.emptyInterval), at: now) }
        var report = self.report(judgement.condition)
        report.nodes = judgement.nodes
        report.goesOn = !judgement.isUnconfirmed
        return report
    }

    /// A condition is told once; a list is proof by itself and would hide an impairment that was not told again.
    private mutating func report(_ condition: StrategyCondition) -> Report {
        defer { self.condition = condition }
        return Report(conditions: self.condition == condition ? [] : [condition])
    }
}

extension WatchMachine.Report {
    fileprivate var ending: WatchMachine.Report {
        var report = self
        report.goesOn = false
        return report
    }
}

extension [APIPage] {
    fileprivate var recordCount: Int { self.reduce(0) { $0 + $1.objects.reduce(0) { $0 + $1.records.count } } }
}
