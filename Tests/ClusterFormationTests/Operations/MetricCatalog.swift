/// The metrics that the sources make, read from their text, since no backend shows those of every module.
struct MetricCatalog {
    enum Kind: String {
        case counter, gauge, timer
    }

    /// Words that begin like a metric and are none: a table, a channel in examples, a field of the status.
    static let otherNames: Set = ["cluster_members", "cluster_orders", "cluster_name"]

    private(set) var kinds: [String: Kind] = [:]
    /// Literals that begin like a metric and are not where one is made.
    private(set) var unread: Set<String> = []

    init(sources: [String: String]) {
        let made = /(?<kind>[Cc]ounter|[Gg]auge|[Tt]imer)\(\s*(?:label:\s*)?"(?<name>cluster_[a-z_]+)"/
        for text in sources.values where text.contains(/import (?:Core)?Metrics\b/) {
            var names: Set<String> = []
            for match in text.matches(of: made) {
                let name = String(match.name)
                names.insert(name)
                self.kinds[name] = Kind(rawValue: match.kind.lowercased())
            }
            self.unread.formUnion(
                text.matches(of: /"(cluster_[a-z_]+)"/).map { String($0.1) }.filter { !names.contains($0) }
            )
        }
    }

    /// What a text calls by a name that no metric has; a histogram's parts are its own.
    func unknownNames(in text: String) -> Set<String> {
        let words = Set(text.matches(of: /\bcluster_[a-z_]*[a-z]/).map { String($0.0) })
        return words.subtracting(Self.otherNames).filter { self.kinds[self.stem(of: $0)] == nil }
    }

    /// The metrics that a text names.
    func names(in text: String) -> Set<String> {
        let words = text.matches(of: /\bcluster_[a-z_]*[a-z]/).map { self.stem(of: String($0.0)) }
        return Set(words.filter { self.kinds[$0] != nil })
    }

    private func stem(of name: String) -> String {
        for part in ["_bucket", "_sum", "_count"] where name.hasSuffix(part) {
            let stem = String(name.dropLast(part.count))
            if self.kinds[stem] == .timer { return stem }
        }
        return name
    }

    /// The rows of tables that name a metric and its kind.
    static func rows(in text: String) -> [(name: String, kind: String)] {
        text.matches(of: /\| `(cluster_[a-z_]+)` \| ([a-z]+) \|/).map { (String($0.1), String($0.2)) }
            .filter { !self.otherNames.contains($0.0) }
    }
}
