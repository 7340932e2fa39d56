/// What becomes of the answers of whole-list mechanisms: who is listed now, as a value.
///
/// Whole, partial, empty and failed answers are four things. A whole answer adds at once and removes after a grace; a
/// partial one only adds; an empty one counts when it was repeated; a failed one changes nothing, not even a count.
/// Several sources each keep their own last good answer, so that one that fails removes nobody.
package struct ListMemory: Sendable {
    /// How many nodes all sources together may list.
    ///
    /// A cluster remembers 4,096 unless told otherwise; the rest of an answer that is four times as long is an accident
    /// or an attack.
    package static let maximumNodes = 16_384

    /// How many sources there may be.
    static let maximumSources = 1_024

    private struct Entry: Sendable {
        var node: Node
        /// The number of the look-up that listed it last.
        var lastListed: Int
        /// How many whole answers in a row have lacked it.
        var misses = 0
        /// When the first of those came.
        var missingSince: Instant?
    }

    private struct Source: Sendable {
        var entries: [Endpoint: Entry] = [:]
        /// How many empty answers have come in a row, and when the first one did.
        var empties = 0
        var firstEmptyAt: Instant?
    }

    /// What a look-up has come to.
    package struct Verdict: Sendable {
        /// Everybody who is listed now, by endpoint; nil when no source has ever said anything.
        package var nodes: [Node]?
        /// What was wrong with the answers, by source.
        package var flaws: [(source: String, error: LookupError)] = []
        /// The sources whose empty answer is not believed yet.
        package var unconfirmed: [String] = []
        /// Whether some source that was asked has answered.
        package var hasAnswer = false
    }

    private let grace: RemovalGrace
    private let emptyAnswers: Int
    private var sources: [String: Source] = [:]
    private var count = 0
    private var lookups = 0
    private var hasAnswered = false

    package init(grace: RemovalGrace, emptyAnswers: Int) {
        self.grace = grace
        self.emptyAnswers = emptyAnswers
    }

    package mutating func take(_ lookup: Lookup, at now: Instant) -> Verdict {
        self.lookups += 1
        var verdict = Verdict()
        for (name, answer) in lookup.answers.sorted(by: { $0.key < $1.key }) {
            guard self.sources[name] != nil || self.sources.count < Self.maximumSources else {
                verdict.flaws.append((name, Self.tooManySources))
                continue
            }
            self.take(answer, from: name, at: now, into: &verdict)
        }
        let hasAnswer = verdict.hasAnswer
        for name in self.sources.keys.sorted() where lookup.answers[name] == nil {
            self.take(.whole([]), from: name, at: now, into: &verdict)
            if self.sources[name]?.entries.isEmpty == true { self.sources[name] = nil }
        }
        verdict.hasAnswer = hasAnswer || lookup.answers.isEmpty
        self.hasAnswered = self.hasAnswered || verdict.hasAnswer
        verdict.nodes = self.hasAnswered ? self.merged : nil
        return verdict
    }

    private mutating func take(
        _ answer: Lookup.Answer,
        from name: String,
        at now: Instant,
        into verdict: inout Verdict
    ) {
        var source = self.sources[name] ?? Source()
        self.count -= source.entries.count
        var hasRoom = true
        switch answer {
        case .failed(let error):
            verdict.flaws.append((name, error))
        case .partial(let nodes, let error):
            if let error { verdict.flaws.append((name, error)) }
            hasRoom = self.list(nodes, in: &source)
            if !nodes.isEmpty { (source.empties, source.firstEmptyAt) = (0, nil) }
            verdict.hasAnswer = verdict.hasAnswer || !nodes.isEmpty
        case .whole(let nodes) where nodes.isEmpty:
            if !self.takeEmpty(in: &source, at: now) { verdict.unconfirmed.append(name) }
            verdict.hasAnswer = true
        case .whole(let nodes):
            (source.empties, source.firstEmptyAt) = (0, nil)
            hasRoom = self.list(nodes, in: &source)
            // A list that was cut off does not say who is missing.
            if hasRoom { self.miss(1, since: now, in: &source, at: now) }
            verdict.hasAnswer = true
        }
        if !hasRoom { verdict.flaws.append((name, Self.tooManyNodes)) }
        self.count += source.entries.count
        self.sources[name] = source
    }

    /// Takes down who is listed; false when there was no room for all.
    private func list(_ nodes: [Node], in source: inout Source) -> Bool {
        var hasRoom = true
        for node in nodes {
            let known = source.entries[node.endpoint]
            guard known != nil || self.count + source.entries.count < Self.maximumNodes else {
                hasRoom = false
                continue
            }
            // Of an endpoint that is listed twice one is taken, and the same one whatever the order.
            if let known, known.lastListed == self.lookups, !Self.precedes(known.node, node) { continue }
            source.entries[node.endpoint] = Entry(node: node, lastListed: self.lookups)
        }
        return hasRoom
    }

    /// Takes note of an empty answer; false when it is not believed yet.
    private func takeEmpty(in source: inout Source, at now: Instant) -> Bool {
        source.empties += 1
        let first = source.firstEmptyAt ?? now
        source.firstEmptyAt = first
        guard !source.entries.isEmpty else { return true }
        guard source.empties >= self.emptyAnswers else { return false }
        // The one that confirms makes those before it count, too.
        let isConfirming = source.empties == self.emptyAnswers
        self.miss(isConfirming ? source.empties : 1, since: isConfirming ? first : now, in: &source, at: now)
        return true
    }

    /// Removes who has been missing for long enough; everybody whom this look-up has not listed is missing.
    private func miss(_ answers: Int, since start: Instant, in source: inout Source, at now: Instant) {
        for (endpoint, entry) in source.entries where entry.lastListed != self.lookups {
            var entry = entry
            entry.misses += answers
            let since = entry.missingSince ?? start
            entry.missingSince = since
            let isOver =
                switch self.grace.wrapped {
                case .answers(let count): entry.misses >= count
                case .duration(let duration): since.duration(to: now) >= duration
                }
            source.entries[endpoint] = isOver ? nil : entry
        }
    }

    /// The union of all sources; of an endpoint, what was said of it last.
    private var merged: [Node] {
        var newest: [Endpoint: Entry] = [:]
        for source in self.sources.values {
            for (endpoint, entry) in source.entries {
                if let other = newest[endpoint], !Self.isNewer(entry, than: other) { continue }
                newest[endpoint] = entry
            }
        }
        return newest.values.map(\.node).sorted {
            ($0.endpoint.host, $0.endpoint.port) < ($1.endpoint.host, $1.endpoint.port)
        }
    }

    private static func isNewer(_ entry: Entry, than other: Entry) -> Bool {
        guard entry.lastListed == other.lastListed else { return entry.lastListed > other.lastListed }
        return self.precedes(other.node, entry.node)
    }

    /// An order of what was said at one time of one endpoint: who knows the instance, and more of it, comes last.
    private static func precedes(_ node: Node, _ other: Node) -> Bool {
        guard node.instance == other.instance else {
            guard let instance = node.instance else { return true }
            return other.instance.map { instance < $0 } ?? false
        }
        func weight(_ node: Node) -> [String] {
            node.metadata.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        }
        guard node.metadata.count == other.metadata.count else { return node.metadata.count < other.metadata.count }
        return weight(node).lexicographicallyPrecedes(weight(other))
    }

    private static let tooManyNodes = LookupError(
        code: "list_too_long",
        message: "More than \(Self.maximumNodes) nodes are listed; the rest was left out, and nobody is removed. "
            + "Ask for a narrower list."
    )

    private static let tooManySources = LookupError(
        code: "list_too_long",
        message: "More than \(Self.maximumSources) lists were looked up; the rest was left out."
    )
}
