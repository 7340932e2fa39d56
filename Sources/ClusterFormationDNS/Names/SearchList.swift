/// Under which domains a short name is looked for, as resolv.conf says.
struct SearchList: Hashable, Sendable {
    /// What is read of a longer list.
    static let longest = 32

    var domains: [String]
    /// A name with fewer dots is first looked for under the domains.
    var leastDots: Int

    /// A list that has no domains.
    static let none = SearchList(domains: [], leastDots: 1)

    init(domains: [String], leastDots: Int) {
        let names = domains.prefix(Self.longest).map { $0.last == "." ? String($0.dropLast()) : $0 }
        self.domains = names.filter(DomainName.isName).map { $0.lowercased() }
        self.leastDots = leastDots
    }

    /// The whole names that a name may stand for, in the order in which they are tried.
    func candidates(for name: DomainName) -> [String] {
        guard !name.isAbsolute else { return [name.text] }
        let under = self.domains.map { "\(name.text).\($0)" }.filter { $0.utf8.count <= DomainName.longest }
        let all = name.dots >= self.leastDots ? [name.text] + under : under + [name.text]
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }
    }
}
