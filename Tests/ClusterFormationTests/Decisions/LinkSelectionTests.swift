import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite struct LinkSelectionTests {
    private func neighbours(of local: Node, among nodes: [Node], _ policy: LinkPolicy) -> Set<Endpoint> {
        var selection = LinkSelection(local: local, policy: policy)
        for node in nodes where node.endpoint != local.endpoint { _ = selection.add(node) }
        return Set(nodes.map(\.endpoint).filter { $0 != local.endpoint && selection.contains($0) })
    }

    private func graph(_ nodes: [Node], _ policy: LinkPolicy) -> [Endpoint: Set<Endpoint>] {
        var graph: [Endpoint: Set<Endpoint>] = [:]
        for node in nodes {
            for other in self.neighbours(of: node, among: nodes, policy) {
                graph[node.endpoint, default: []].insert(other)
                graph[other, default: []].insert(node.endpoint)
            }
        }
        return graph
    }

    private func isConnected(_ graph: [Endpoint: Set<Endpoint>], without dead: Set<Endpoint> = []) -> Bool {
        let alive = Set(graph.keys).subtracting(dead)
        guard let first = alive.first else { return true }
        var seen: Set<Endpoint> = [first]
        var open = [first]
        while let endpoint = open.popLast() {
            for other in graph[endpoint, default: []] where alive.contains(other) && seen.insert(other).inserted {
                open.append(other)
            }
        }
        return seen.count == alive.count
    }

    @Test("All means all")
    func all() throws {
        var selection = LinkSelection(local: try localNode(), policy: .all)
        let node = try peer(1)
        #expect(selection.add(node) == .init(wanted: [node.endpoint]))
        #expect(selection.contains(node.endpoint))
        #expect(selection.remove(node.endpoint) == .init())
    }

    @Test("The choice does not depend on the order, and changes by one at a time")
    func orderAndChange() throws {
        let nodes = try (0..<200).map { try peer($0) }
        var selection = LinkSelection(local: try localNode(), policy: .bounded(links: 8))
        var chosen: Set<Endpoint> = []
        for node in nodes {
            let change = selection.add(node)
            #expect(change.wanted.count <= 1 && change.unwanted.count <= 1)
            chosen = chosen.subtracting(change.unwanted).union(change.wanted)
            #expect(chosen.count <= 8)
        }
        #expect(chosen == self.neighbours(of: try localNode(), among: nodes.reversed(), .bounded(links: 8)))
        for node in nodes {
            let wasChosen = chosen.remove(node.endpoint) != nil
            let change = selection.remove(node.endpoint)
            #expect(change.unwanted.isEmpty)
            #expect(change.wanted.count <= (wasChosen ? 1 : 0))
            chosen.formUnion(change.wanted)
        }
        #expect(chosen.isEmpty)
    }

    @Test("The weight of two nodes is the same from both ends")
    func symmetricWeight() throws {
        let (one, other) = (try peer(1).endpoint, try peer(2).endpoint)
        #expect(LinkSelection.weight(one, other) == LinkSelection.weight(other, one))
        #expect(LinkSelection.weight(one, other) != LinkSelection.weight(one, try peer(3).endpoint))
    }

    @Test(
        "The graph is connected, its degrees are bounded, and it stands the loss of a fifth of the nodes",
        arguments: [64, 150]
    )
    func connected(count: Int) throws {
        let nodes = try (0..<count).map { try peer($0) }
        let graph = self.graph(nodes, .bounded(links: 10))
        #expect(self.isConnected(graph))
        #expect(graph.values.hasOnly { (10...40).contains($0.count) })
        let mean = Double(graph.values.reduce(0) { $0 + $1.count }) / Double(count)
        #expect(mean < 20)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let dead = Set(nodes.map(\.endpoint).shuffled(using: &generator).prefix(count / 5))
            #expect(self.isConnected(graph, without: dead))
        }
    }

    @Test("About as many choices change as a newcomer has links")
    func churn() throws {
        let nodes = try (0..<150).map { try peer($0) }
        let newcomer = try peer(1_000)
        var changes = 0
        for node in nodes {
            let before = self.neighbours(of: node, among: nodes, .bounded(links: 10))
            let after = self.neighbours(of: node, among: nodes + [newcomer], .bounded(links: 10))
            changes += after.subtracting(before).count
        }
        #expect((3...25).contains(changes))
    }

    @Test("Peers in the own zone come first, and a third of the links go anywhere")
    func preferringTheSame() throws {
        let nodes = try (0..<150).map { try peer($0, metadata: ["zone": "\($0 % 3)"]) }
        let policy = LinkPolicy.bounded(links: 9, preferring: .same("zone"))
        let local = try localNode(metadata: ["zone": "1"])
        let chosen = self.neighbours(of: local, among: nodes, policy)
        #expect(chosen.count == 9)
        let zones = nodes.filter { chosen.contains($0.endpoint) }.map { $0.metadata["zone"] }
        #expect(zones.count { $0 == "1" } >= 6)
        #expect(self.isConnected(self.graph(nodes, policy)))
    }

    @Test("Peers in other zones come first where that is wanted")
    func preferringOthers() throws {
        let nodes = try (0..<60).map { try peer($0, metadata: ["zone": $0 < 50 ? "a" : "b"]) }
        let policy = LinkPolicy.bounded(links: 6, preferring: .different("zone"))
        let chosen = self.neighbours(of: try localNode(metadata: ["zone": "a"]), among: nodes, policy)
        let zones = nodes.filter { chosen.contains($0.endpoint) }.map { $0.metadata["zone"] }
        #expect(zones.count { $0 == "b" } >= 4)
    }

    @Test("A peer that moves to another zone is weighed anew")
    func changedMetadata() throws {
        var selection = LinkSelection(
            local: try localNode(metadata: ["zone": "a"]),
            policy: .bounded(links: 2, preferring: .same("zone"))
        )
        for number in 0..<20 { _ = selection.add(try peer(number, metadata: ["zone": "b"])) }
        let moved = try (0..<20).map { try peer($0, metadata: ["zone": "a"]) }
            .first { !selection.contains($0.endpoint) }
        let node = try #require(moved)
        #expect(selection.add(node).wanted == [node.endpoint])
    }
}
