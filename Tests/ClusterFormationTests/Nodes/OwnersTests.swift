import Testing

@testable import ClusterFormation

@Suite struct OwnersTests {
    private static let keys = (0..<20_000).map { "customer-\($0)" }

    private func nodes(_ count: Int) throws -> [Node] { try (1...count).map { try peer($0) } }

    private func shares(_ owners: Owners) -> [Endpoint: Int] {
        Self.keys.reduce(into: [:]) { shares, key in
            if let owner = owners.owner(of: key) { shares[owner.endpoint, default: 0] += 1 }
        }
    }

    @Test(arguments: [2, 3, 10, 50])
    func `each of n nodes owns about one key in n`(count: Int) throws {
        let shares = self.shares(Owners(nodes: try self.nodes(count)))
        let fair = Double(Self.keys.count) / Double(count)
        #expect(shares.count == count)
        // Six standard deviations of a binomial distribution.
        let spread = 6 * fair.squareRoot()
        for (_, share) in shares { #expect(abs(Double(share) - fair) < spread) }
    }

    @Test func `a node that comes or goes moves no key but its own`() throws {
        let nodes = try self.nodes(11)
        let (before, after) = (Owners(nodes: nodes.dropLast()), Owners(nodes: nodes))
        var moved = 0
        for key in Self.keys {
            let (old, new) = (try #require(before.owner(of: key)), try #require(after.owner(of: key)))
            if old != new {
                moved += 1
                #expect(new == nodes[10])
            }
        }
        #expect(abs(Double(moved) - Double(Self.keys.count) / 11) < 6 * (Double(Self.keys.count) / 11).squareRoot())
    }

    @Test func `every node names the same owners, whatever its list's order and instances`() throws {
        let nodes = try self.nodes(20)
        let others = try (1...20).map { try peer($0, life: 7) }.shuffled()
        let (one, other) = (Owners(nodes: nodes), Owners(nodes: others))
        for key in Self.keys.prefix(1_000) {
            #expect(one.owners(of: key, count: 4).map(\.endpoint) == other.owners(of: key, count: 4).map(\.endpoint))
        }
    }

    @Test func `the owners after the first are those that follow when it goes`() throws {
        let nodes = try self.nodes(8)
        let owners = Owners(nodes: nodes)
        for key in Self.keys.prefix(1_000) {
            let three = owners.owners(of: key, count: 3)
            #expect(Set(three).count == 3)
            #expect(three.first == owners.owner(of: key))
            #expect(Owners(nodes: nodes.filter { $0 != three[0] }).owners(of: key, count: 2) == Array(three[1...]))
        }
        #expect(owners.owners(of: "a", count: 100).count == 8)
        #expect(owners.owners(of: "a", count: -1).isEmpty)
    }

    @Test func `twice the weight owns twice the keys, none owns nothing`() throws {
        let nodes = [
            try peer(1, metadata: ["weight": "1"]), try peer(2, metadata: ["weight": "2"]),
            try peer(3, metadata: ["weight": "0"]), try peer(4, metadata: ["weight": "heavy"]),
        ]
        let shares = self.shares(Owners(nodes: nodes, weightKey: "weight"))
        let quarter = Double(Self.keys.count) / 4
        #expect(abs(Double(shares[nodes[0].endpoint] ?? 0) - quarter) < 6 * quarter.squareRoot())
        #expect(abs(Double(shares[nodes[1].endpoint] ?? 0) - 2 * quarter) < 6 * (2 * quarter).squareRoot())
        #expect(shares[nodes[2].endpoint] == nil)
        #expect(abs(Double(shares[nodes[3].endpoint] ?? 0) - quarter) < 6 * quarter.squareRoot())
    }

    @Test(arguments: ["inf", "nan", "-1", "1e308", "0x1p4", ""])
    func `no weight takes everything or brings it down`(text: String) throws {
        let nodes = [try peer(1, metadata: ["weight": text]), try peer(2)]
        let shares = self.shares(Owners(nodes: nodes, weightKey: "weight"))
        #expect(shares.values.reduce(0, +) == Self.keys.count)
    }

    @Test func `nodes that drain own nothing, unless all do`() throws {
        var nodes = try self.nodes(3)
        nodes[0].isDraining = true
        #expect(Set(self.shares(Owners(nodes: nodes)).keys) == Set(nodes[1...].map(\.endpoint)))
        for index in nodes.indices { nodes[index].isDraining = true }
        #expect(self.shares(Owners(nodes: nodes)).count == 3)
        nodes[0].isDraining = false
        #expect(nodes[0].metadata.isEmpty)
    }

    @Test func `nobody owns anything where nobody is`() {
        #expect(Owners(nodes: []).owner(of: "a") == nil)
        #expect(Owners(nodes: []).owners(of: "a", count: 3).isEmpty)
    }

    @Test func `the owner of a key is the same in every release`() throws {
        let owners = Owners(nodes: try self.nodes(10))
        let found = ["", "a", "customer-4711", "ключ"].map { owners.owner(of: $0)?.endpoint.description }
        #expect(found == Self.golden)
    }

    private static let golden: [String?] = ["10.0.0.3:7000", "10.0.0.9:7000", "10.0.0.6:7000", "10.0.0.1:7000"]
}
