import ClusterFormationTesting
import Testing

@testable import ClusterFormation

/// The graph that many nodes make when each of them chooses its links by itself.
@Suite struct LinkPolicyGraphTests {
    /// Who has a link with whom, whichever of the two has chosen it; nodes are numbers.
    private struct Graph: Sendable {
        let chosen: [[Int]]
        let links: [[Int]]

        init(chosen: [[Int]]) {
            var links = chosen.map(Set.init)
            for (number, others) in chosen.enumerated() {
                for other in others { links[other].insert(number) }
            }
            self.chosen = chosen
            self.links = links.map(Array.init)
        }

        /// By the weights alone: what `LinkSelection` comes to in the end, without its way there.
        init(byWeightOf nodes: [Node], links: Int) {
            let hashes = nodes.map { LinkSelection.hash($0.endpoint) }
            self.init(
                chosen: hashes.indices.map { local in
                    var best: [(weight: UInt64, number: Int)] = []
                    for other in hashes.indices where other != local {
                        let weight = LinkSelection.weight(hashes[local], hashes[other])
                        if best.count == links, let last = best.last, last.weight > weight { continue }
                        best.insert((weight, other), at: best.firstIndex { $0.weight < weight } ?? best.count)
                        if best.count > links { best.removeLast() }
                    }
                    return best.map(\.number)
                }
            )
        }

        /// How many of the living can't be reached from most of the others.
        func stranded(without dead: Set<Int> = []) -> Int {
            var isOpen = self.links.indices.map { !dead.contains($0) }
            var largest = 0
            for start in self.links.indices where isOpen[start] {
                isOpen[start] = false
                var (stack, size) = ([start], 1)
                while let number = stack.popLast() {
                    for other in self.links[number] where isOpen[other] {
                        isOpen[other] = false
                        stack.append(other)
                        size += 1
                    }
                }
                largest = max(largest, size)
            }
            return self.links.count - dead.count - largest
        }
    }

    private static let nodes = (0..<1_000).compactMap { try? peer($0) }
    private static let sixLinks = Graph(byWeightOf: Self.nodes, links: 6)

    private func choice(of local: Node, among nodes: [Node], _ policy: LinkPolicy) -> Set<Endpoint> {
        var selection = LinkSelection(local: local, policy: policy)
        for node in nodes where node.endpoint != local.endpoint { _ = selection.add(node) }
        return Set(nodes.map(\.endpoint).filter { $0 != local.endpoint && selection.contains($0) })
    }

    @Test("The selection chooses those of the highest weight", arguments: [0, 17, 999])
    func selectionFollowsTheWeights(number: Int) {
        let chosen = self.choice(of: Self.nodes[number], among: Self.nodes, .bounded(links: 6))
        #expect(chosen == Set(Self.sixLinks.chosen[number].map { Self.nodes[$0].endpoint }))
    }

    @Test("A thousand nodes with six links each are one graph whose degrees are bounded")
    func degrees() {
        #expect(Self.sixLinks.chosen.hasOnly { $0.count == 6 })
        #expect(Self.sixLinks.stranded() == 0)
        let degrees = Self.sixLinks.links.map(\.count).sorted()
        let mean = Double(degrees.reduce(0, +)) / 1_000
        // Documented: 7.4 at the mean and 14 at the most.
        #expect((7.0...7.8).contains(mean), "both ends mostly choose the same links: \(mean)")
        #expect(degrees[500] == 7)
        #expect(degrees[999] <= 16)
    }

    @Test("Three links are enough for one graph", arguments: [100, 400, 1_000])
    func threeLinks(count: Int) {
        #expect(Graph(byWeightOf: Array(Self.nodes.prefix(count)), links: 3).stranded() == 0)
    }

    @Test("Few survivors of a failure are cut off until they choose anew", arguments: [0.1, 0.2, 0.3, 0.5])
    func failures(share: Double) {
        var generator = SeededGenerator(seed: 41)
        let runs = 40
        var stranded = 0
        for _ in 0..<runs {
            let dead = Set((0..<1_000).shuffled(using: &generator).prefix(Int(1_000 * share)))
            stranded += Self.sixLinks.stranded(without: dead)
        }
        // Documented: those who have no link left but to the dead, at most n (1 - f) f to the power of links.
        let expected = (0..<6).reduce(1_000 * (1 - share)) { product, _ in product * share }
        let mean = Double(stranded) / Double(runs)
        #expect(mean <= expected * 1.5 + 0.1, "\(mean) of at most \(expected)")
    }

    @Test("Survivors who have chosen anew are one graph again", arguments: [0.3, 0.5, 0.8])
    func healed(share: Double) {
        var generator = SeededGenerator(seed: 43)
        let survivors = Array(Self.nodes.shuffled(using: &generator).dropFirst(Int(1_000 * share)))
        #expect(Graph(byWeightOf: survivors, links: 6).stranded() == 0)
    }

    @Test("Zones stay one graph, with most links within a zone or across", arguments: [true, false])
    func zones(prefersTheSame: Bool) throws {
        let nodes = try (0..<150).map { try peer($0, metadata: ["zone": "\($0 % 3)"]) }
        let numbers = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.endpoint, $0) })
        let preference = prefersTheSame ? LinkPolicy.Preference.same("zone") : .different("zone")
        let graph = Graph(
            chosen: nodes.map { local in
                self.choice(of: local, among: nodes, .bounded(links: 6, preferring: preference))
                    .compactMap { numbers[$0] }
            }
        )
        #expect(graph.chosen.hasOnly { $0.count == 6 })
        #expect(graph.stranded() == 0)
        let within = graph.chosen.enumerated().reduce(0) { sum, entry in
            sum + entry.element.count { $0 % 3 == entry.offset % 3 }
        }
        let share = Double(within) / 900
        #expect(prefersTheSame ? share > 0.7 : share < 0.2, "\(share)")
    }

    @Test("When a node joins or leaves, about as many choices of others change as a node has links")
    func churn() throws {
        let (links, joins) = (6, 80)
        let nodes = Self.nodes.prefix(100)
        var selections = nodes.map { LinkSelection(local: $0, policy: .bounded(links: links)) }
        for index in selections.indices {
            for node in nodes where node.endpoint != nodes[index].endpoint { _ = selections[index].add(node) }
        }
        var (displaced, restored) = (0, 0)
        for join in 0..<joins {
            let newcomer = try peer(10_000 + join)
            for index in selections.indices { displaced += selections[index].add(newcomer).unwanted.count }
            for index in selections.indices { restored += selections[index].remove(newcomer.endpoint).wanted.count }
        }
        #expect(displaced == restored, "a leave takes back what the join did")
        let mean = Double(displaced) / Double(joins)
        #expect(abs(mean - Double(links)) < 1, "\(mean)")
    }
}
