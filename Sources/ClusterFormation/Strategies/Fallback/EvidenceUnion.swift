/// What several strategies report through one sink, as a value: the union of what they say, as a cluster would make it.
struct EvidenceUnion: Sendable {
    /// Which instance each part vouches for, as far as it knows.
    private var vouchers: [Endpoint: [Int: InstanceID?]] = [:]
    private var conditions: [StrategyCondition]
    private var reported: StrategyCondition?

    init(parts: Int) {
        self.conditions = Array(repeating: .starting, count: parts)
    }

    /// What is to be reported when a part reports something.
    mutating func take(_ evidence: Discovery.Evidence, part: Int) -> [Discovery.Evidence] {
        switch evidence {
        case .found(let node), .heardOf(let node):
            self.vouchers[node.endpoint, default: [:]][part] = .some(node.instance)
            return [evidence]
        case .lost(let node, let reason):
            return self.lose(node, reason, part: part)
        case .replaceAll(let nodes):
            let listed = Set(nodes.map(\.endpoint))
            let missing = self.vouchers.filter { $0.value[part] != nil && !listed.contains($0.key) }.keys
            let losses = missing.flatMap { self.lose(Node(endpoint: $0), .unlisted, part: part) }
            let isProof = self.conditions[part].state == .starting
            return (isProof ? self.take(.condition(.active), part: part) : []) + losses
                + nodes.flatMap { self.take(.found($0), part: part) }
        case .conflict: return [evidence]
        case .condition(let condition):
            self.conditions[part] = condition
            // That of one that works, else the first one's.
            let condition = self.conditions.first { $0.state == .active } ?? self.conditions[0]
            guard condition != self.reported else { return [] }
            self.reported = condition
            return [.condition(condition)]
        }
    }

    private mutating func lose(_ node: Node, _ reason: LossReason, part: Int) -> [Discovery.Evidence] {
        guard let known = self.vouchers[node.endpoint]?[part] else { return [] }
        // A late word about an old life.
        if let lost = node.instance, let known, lost != known { return [] }
        self.vouchers[node.endpoint]?[part] = nil
        guard self.vouchers[node.endpoint]?.isEmpty == true else { return [] }
        self.vouchers[node.endpoint] = nil
        return [.lost(node, reason)]
    }
}
