/// The names that one name stands for, by the aliases of an answer (CNAME).
struct AliasChain {
    /// A longer one is a circle, or as good as one.
    private static let longest = 16

    private var names: [String]
    /// For how many seconds the shortest-lived alias is good.
    private(set) var timeToLive = UInt32.max

    init(from name: String, in records: [DNSRecord]) {
        self.names = [name]
        var aliases: [String: (target: String, timeToLive: UInt32)] = [:]
        for record in records {
            guard case .alias(let target) = record.content else { continue }
            aliases[record.owner] = (target, record.timeToLive)
        }
        var last = name
        while self.names.count <= Self.longest, let next = aliases[last], !self.names.contains(next.target) {
            self.names.append(next.target)
            self.timeToLive = min(self.timeToLive, next.timeToLive)
            last = next.target
        }
    }

    func contains(_ name: String) -> Bool { self.names.contains(name) }
}
