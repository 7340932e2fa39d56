/// The link policy at work: which of the known peers are to be connected, kept up to date peer by peer.
///
/// For a bounded policy it keeps the peers sorted by weight, so one change costs a binary search and a move in memory,
/// and at most two peers change sides.
struct LinkSelection: Sendable {
    struct Change: Equatable, Sendable {
        var wanted: [Endpoint] = []
        var unwanted: [Endpoint] = []
    }

    private struct Ranked: Comparable, Sendable {
        var weight: UInt64
        var endpoint: Endpoint
        static func < (lhs: Ranked, rhs: Ranked) -> Bool { lhs.weight > rhs.weight }
    }

    private struct Ranking: Sendable {
        let limit: Int
        var ranked: [Ranked] = []

        var chosen: ArraySlice<Ranked> { self.ranked.prefix(self.limit) }

        private func place(of entry: Ranked) -> Int {
            var (low, high) = (0, self.ranked.count)
            while low < high {
                let middle = (low + high) / 2
                if self.ranked[middle] < entry { low = middle + 1 } else { high = middle }
            }
            return low
        }

        mutating func insert(_ entry: Ranked) {
            self.ranked.insert(entry, at: self.place(of: entry))
        }

        mutating func remove(_ entry: Ranked) {
            var index = self.place(of: entry)
            while index < self.ranked.count, self.ranked[index].weight == entry.weight {
                if self.ranked[index].endpoint == entry.endpoint {
                    self.ranked.remove(at: index)
                    return
                }
                index += 1
            }
        }
    }

    private let local: Node
    private let policy: LinkPolicy
    /// By the hash alone.
    private var plain: Ranking
    /// By the preference first; empty without one.
    private var preferred: Ranking
    private var weights: [Endpoint: (plain: UInt64, preferred: UInt64)] = [:]
    private var selected: Set<Endpoint> = []

    init(local: Node, policy: LinkPolicy) {
        self.local = local
        self.policy = policy
        switch policy.wrapped {
        case .all, .bounded(_, preferring: nil):
            let links = if case .bounded(let links, _) = policy.wrapped { links } else { Int.max }
            self.plain = Ranking(limit: links)
            self.preferred = Ranking(limit: 0)
        case .bounded(let links, .some):
            let plain = max(1, links / 3)
            self.plain = Ranking(limit: plain)
            self.preferred = Ranking(limit: links - plain)
        }
    }

    /// How many links there are to be at most.
    var limit: Int {
        switch self.policy.wrapped {
        case .all: .max
        case .bounded(let links, _): links
        }
    }

    /// The common weight of a peer and the local node.
    func weight(of endpoint: Endpoint) -> UInt64 { Self.weight(self.local.endpoint, endpoint) }

    func contains(_ endpoint: Endpoint) -> Bool {
        self.policy == .all || self.selected.contains(endpoint)
    }

    /// A peer is known, or says something else of itself.
    mutating func add(_ node: Node) -> Change {
        guard self.policy != .all else { return Change(wanted: [node.endpoint]) }
        let weights = self.weights(of: node)
        if let known = self.weights[node.endpoint] {
            guard known != weights else { return Change() }
            self.withdraw(node.endpoint, known)
        }
        self.weights[node.endpoint] = weights
        self.plain.insert(Ranked(weight: weights.plain, endpoint: node.endpoint))
        if self.preferred.limit > 0 {
            self.preferred.insert(Ranked(weight: weights.preferred, endpoint: node.endpoint))
        }
        return self.select()
    }

    /// A peer is not known any more; it is not among the unwanted ones, since the caller knows.
    mutating func remove(_ endpoint: Endpoint) -> Change {
        guard self.policy != .all, let known = self.weights.removeValue(forKey: endpoint) else { return Change() }
        self.withdraw(endpoint, known)
        self.selected.remove(endpoint)
        return self.select()
    }

    private mutating func withdraw(_ endpoint: Endpoint, _ weights: (plain: UInt64, preferred: UInt64)) {
        self.plain.remove(Ranked(weight: weights.plain, endpoint: endpoint))
        self.preferred.remove(Ranked(weight: weights.preferred, endpoint: endpoint))
    }

    /// The chosen of both rankings: no more than the policy's bound, whatever the number of peers.
    private mutating func select() -> Change {
        var chosen = Set(self.plain.chosen.map(\.endpoint))
        var more = self.preferred.limit
        for entry in self.preferred.ranked {
            guard more > 0 else { break }
            if chosen.insert(entry.endpoint).inserted { more -= 1 }
        }
        let change = Change(
            wanted: Array(chosen.subtracting(self.selected)),
            unwanted: Array(self.selected.subtracting(chosen))
        )
        self.selected = chosen
        return change
    }

    private func weights(of node: Node) -> (plain: UInt64, preferred: UInt64) {
        let plain = Self.weight(self.local.endpoint, node.endpoint)
        guard case .bounded(_, .some(let preference)) = self.policy.wrapped else { return (plain, 0) }
        let isSame = self.local.metadata[preference.key] == node.metadata[preference.key]
        let top: UInt64 = 1 << 63
        return (plain, isSame == preference.isForSame ? plain | top : plain & ~top)
    }

    /// The common weight of two endpoints, the same from both ends and on every node.
    static func weight(_ one: Endpoint, _ other: Endpoint) -> UInt64 {
        self.weight(self.hash(one), self.hash(other))
    }

    /// The common weight of two endpoints by their hashes.
    static func weight(_ first: UInt64, _ second: UInt64) -> UInt64 {
        var generator = SeededGenerator(seed: min(first, second) ^ (max(first, second) &* 0x9e37_79b9_7f4a_7c15))
        return generator.next()
    }

    /// FNV-1a, finished by SeededGenerator: the standard library's hash differs from process to process.
    static func hash(_ endpoint: Endpoint) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in endpoint.host.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ UInt64(endpoint.port)) &* 0x0000_0100_0000_01b3
        var generator = SeededGenerator(seed: hash)
        return generator.next()
    }
}
