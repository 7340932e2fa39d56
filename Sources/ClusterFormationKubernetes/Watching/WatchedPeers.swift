internal import ClusterFormation

/// Who is there by the objects that are watched, and who is kept who is not, as a value.
struct WatchedPeers: Sendable {
    /// What is to be told after a change.
    struct Judgement: Sendable {
        /// Nil while nothing that could be used was ever listed.
        var nodes: [Node]?
        var condition: StrategyCondition
        /// Whether a list is empty that was not, and is to be asked for again before that counts.
        var isUnconfirmed: Bool
    }

    /// How many places all objects together may tell of: a cluster remembers 4,096 nodes unless told otherwise, and each
    /// may be there in two families and some more than once.
    static let maximumRecords = 65_536

    private let selection: PeerSelection
    private let grace: Duration
    private let selector: String
    private var memory: ListMemory
    private var objects: [String: APIObject] = [:]
    private var recordCount = 0

    /// When somebody who is missing may have been so for long enough.
    private(set) var deadline: Instant?

    init(_ configuration: KubernetesConfiguration, localNode: Node, selector: String) {
        self.selection = PeerSelection(configuration, localNode: localNode)
        self.grace = configuration.removalGrace
        self.selector = selector
        self.memory = ListMemory(
            grace: configuration.removalGrace == .zero ? .answers(1) : .duration(configuration.removalGrace),
            emptyAnswers: configuration.emptyAnswers
        )
    }

    mutating func replace(with objects: [APIObject]) {
        self.objects = Dictionary(objects.map { ($0.name, $0) }) { $1 }
        self.recordCount = self.objects.values.reduce(0) { $0 + $1.records.count }
    }

    /// False when there is no room for it.
    mutating func put(_ object: APIObject) -> Bool {
        let count = self.recordCount - (self.objects[object.name]?.records.count ?? 0) + object.records.count
        guard count <= Self.maximumRecords else { return false }
        self.recordCount = count
        self.objects[object.name] = object
        return true
    }

    mutating func remove(_ name: String) {
        self.recordCount -= self.objects.removeValue(forKey: name)?.records.count ?? 0
    }

    /// Nil when the deadline has not passed yet.
    mutating func passed(at now: Instant) -> Judgement? {
        guard let deadline = self.deadline, now >= deadline else { return nil }
        self.deadline = nil
        // Somebody may have begun to be missing later than the one that the deadline was for.
        return self.judge(at: now, again: self.grace / 4)
    }

    /// Brings what the objects say before the memory, and again after a time while somebody is kept who is missing.
    mutating func judge(at now: Instant, again wait: Duration? = nil) -> Judgement {
        let choice = self.selection.choose(from: self.objects.values.flatMap(\.records))
        let isUseless = choice.nodes.isEmpty && choice.flaw != nil
        let answer: Lookup.Answer =
            if isUseless, let flaw = choice.flaw { .failed(flaw) } else { .whole(choice.nodes) }
        let verdict = self.memory.take(Lookup(answer), at: now)
        let isUnconfirmed = !verdict.unconfirmed.isEmpty
        let listed = Set(choice.nodes.map(\.endpoint)).count
        if !isUnconfirmed, !isUseless, let nodes = verdict.nodes, nodes.count > listed {
            self.deadline = self.deadline ?? now.advanced(by: max(wait ?? self.grace, .milliseconds(10)))
        } else {
            self.deadline = nil
        }
        return Judgement(
            nodes: verdict.nodes,
            condition: self.condition(of: verdict, choice: choice),
            isUnconfirmed: isUnconfirmed
        )
    }

    private func condition(of verdict: ListMemory.Verdict, choice: PeerSelection.Choice) -> StrategyCondition {
        // Some words in a flaw are the server's: they are made fit for a line.
        if let flaw = verdict.flaws.first.map({ LookupError($0.error) }) {
            return .impaired(code: flaw.code, message: flaw.message)
        }
        if !verdict.unconfirmed.isEmpty {
            return .impaired(
                code: "empty_unconfirmed",
                message: "The API lists no endpoint although there were some before; they are kept until it was asked "
                    + "often enough. See whether the selector '\(self.selector)' is right."
            )
        }
        if let flaw = choice.flaw.map({ LookupError($0) }) {
            return .active(note: "\(choice.leftOut) endpoints were left out (\(flaw.code)): \(flaw.message)")
        }
        return verdict.nodes?.isEmpty == false
            ? .active : .active(note: "The API lists no endpoint for '\(self.selector)'.")
    }
}
