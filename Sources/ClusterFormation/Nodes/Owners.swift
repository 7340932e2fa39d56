#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Which nodes own a key: rendezvous hashing over a list of nodes (Thaler, Ravishankar 1996), weighted on request.
///
/// Every node that knows the same list names the same owners, with no word between them. Of *n* nodes each owns about
/// one key in *n*; when one comes or goes, only the keys move that it owns then or has owned. A node is its endpoint, so
/// that a restart moves nothing. Nodes that are draining own nothing, unless all are.
///
/// Nodes disagree for as long as their lists do: after a node has come or gone, for the time until all know. An owner is
/// a place to go first, and no lock.
///
/// ```swift
/// let owners = Owners(nodes: cluster.nodes)
/// let owner = owners.owner(of: "customer-4711")
/// let replicas = owners.owners(of: "customer-4711", count: 3)
/// ```
public struct Owners: Sendable {
    private struct Candidate: Sendable {
        var node: Node
        var hash: UInt64
        var weight: Double
    }

    private let candidates: [Candidate]

    /// The owners among some nodes.
    ///
    /// - Parameters:
    ///   - nodes: The nodes; a second one at an endpoint is left out.
    ///   - weightKey: The metadata key whose value is a node's weight, a decimal number: twice the weight, twice the keys.
    ///     A node without it, or with one that is no number, weighs 1; one with 0 or less owns nothing. Default: nil, all
    ///     weigh the same.
    public init(nodes: some Sequence<Node>, weightKey: String? = nil) {
        var seen: Set<Endpoint> = []
        var candidates: [Candidate] = []
        for node in nodes where seen.insert(node.endpoint).inserted {
            let weight = weightKey.flatMap { node.metadata[$0] }.flatMap { Double($0) } ?? 1
            guard weight > 0 else { continue }
            candidates.append(
                Candidate(node: node, hash: LinkSelection.hash(node.endpoint), weight: min(weight, Self.heaviest))
            )
        }
        let working = candidates.filter { !$0.node.isDraining }
        self.candidates = working.isEmpty ? candidates : working
    }

    /// So that an infinite weight takes no keys from another one.
    private static let heaviest = 1e9

    /// The node that owns a key; nil when there is none.
    public func owner(of key: some StringProtocol) -> Node? {
        let hash = Self.hash(key)
        return self.candidates.max { self.comesAfter($0, $1, for: hash) }?.node
    }

    /// The nodes that own a key, the first owner first; as many as asked for, or as there are.
    public func owners(of key: some StringProtocol, count: Int) -> [Node] {
        let hash = Self.hash(key)
        return Array(self.candidates.sorted { self.comesAfter($1, $0, for: hash) }.prefix(max(0, count)).map(\.node))
    }

    private func comesAfter(_ one: Candidate, _ other: Candidate, for key: UInt64) -> Bool {
        let (first, second) = (Self.score(of: one, for: key), Self.score(of: other, for: key))
        return first == second ? other.node.endpoint < one.node.endpoint : first < second
    }

    /// The weight divided by an exponential variate that the key and the node draw: the highest one owns the key with a
    /// probability that is its share of all weights.
    private static func score(of candidate: Candidate, for key: UInt64) -> Double {
        var generator = SeededGenerator(seed: key ^ (candidate.hash &* 0x9e37_79b9_7f4a_7c15))
        // 53 bits, as many as a Double has; the half keeps it away from 0 and 1.
        let uniform = (Double(generator.next() >> 11) + 0.5) * 0x1p-53
        return candidate.weight / -log(uniform)
    }

    private static func hash(_ key: some StringProtocol) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var generator = SeededGenerator(seed: hash)
        return generator.next()
    }
}
