import Testing

@testable import ClusterFormation

/// Resolvers that lie, driven by one seed, held against a second account of the rules that looks at the whole history.
@Suite struct ListMemoryPropertyTests {
    private enum Kind: CaseIterable { case truth, subset, partial, empty, failed }

    private struct World {
        let grace: Int
        let emptyAnswers: Int
        let sources: [String]
        let peers: [Node]
        var generator: SeededGenerator
        var memory: ListMemory
        /// Who is there, by source.
        var alive: [String: Set<Int>] = [:]
        var history: [String: [Lookup.Answer]] = [:]

        init(seed: UInt64, peers: [Node]) {
            self.generator = SeededGenerator(seed: seed)
            self.peers = peers
            self.grace = Int.random(in: 1...4, using: &self.generator)
            self.emptyAnswers = Int.random(in: 1...4, using: &self.generator)
            self.sources = Array(["a", "b", "c"].prefix(Int.random(in: 1...3, using: &self.generator)))
            self.memory = ListMemory(grace: .answers(self.grace), emptyAnswers: self.emptyAnswers)
            for source in self.sources { self.alive[source] = Set((0..<12).filter { _ in self.flips() }) }
        }

        mutating func flips() -> Bool { Bool.random(using: &self.generator) }

        mutating func answer(of source: String) -> Lookup.Answer {
            // Somebody comes or goes.
            if self.flips() {
                let number = Int.random(in: 0..<12, using: &self.generator)
                if self.alive[source, default: []].remove(number) == nil {
                    self.alive[source, default: []].insert(number)
                }
            }
            let truth = self.alive[source, default: []].map { self.peers[$0] }.shuffled(using: &self.generator)
            let subset = truth.filter { _ in self.flips() }
            return switch Kind.allCases.randomElement(using: &self.generator) ?? .truth {
            case .truth: .whole(truth)
            case .subset: .whole(subset)
            case .partial: .partial(subset, because: nil)
            case .empty: .whole([])
            case .failed: .failed(LookupError(code: "refused", message: ""))
            }
        }

        /// Looks up once; the list that has come out.
        mutating func lookUp(_ answer: (inout World, String) -> Lookup.Answer) -> Set<Endpoint> {
            var answers: [String: Lookup.Answer] = [:]
            for source in self.sources {
                let given = answer(&self, source)
                answers[source] = given
                self.history[source, default: []].append(given)
            }
            return Set((self.memory.take(Lookup(answers: answers), at: .start).nodes ?? []).map(\.endpoint))
        }

        /// Who ought to be listed: who is in some answer after which not too many whole ones lacked it.
        func expected() -> Set<Endpoint> {
            Set(self.peers.map(\.endpoint)).filter { endpoint in
                self.sources.contains { self.isListed(endpoint, by: $0) }
            }
        }

        private func isListed(_ endpoint: Endpoint, by source: String) -> Bool {
            var isListed = false
            var (misses, empties) = (0, 0)
            for answer in self.history[source, default: []] {
                switch answer {
                case .failed: continue
                case .whole(let nodes) where nodes.isEmpty:
                    empties += 1
                    if empties == self.emptyAnswers {
                        misses += empties
                    } else if empties > self.emptyAnswers {
                        misses += 1
                    }
                case .partial(let nodes, _) where nodes.isEmpty: continue
                case .whole(let nodes):
                    empties = 0
                    misses = nodes.contains { $0.endpoint == endpoint } ? 0 : misses + 1
                    if misses == 0 { isListed = true }
                case .partial(let nodes, _):
                    empties = 0
                    if nodes.contains(where: { $0.endpoint == endpoint }) { (isListed, misses) = (true, 0) }
                }
                if misses >= self.grace { isListed = false }
            }
            return isListed
        }
    }

    private func peers() throws -> [Node] { try (0..<12).map { try peer($0, life: nil) } }

    @Test("Whatever resolvers say, the list is the one that the rules give", arguments: 0..<20)
    func lyingResolvers(block: UInt64) throws {
        let peers = try self.peers()
        for seed in block * 20..<(block + 1) * 20 {
            var world = World(seed: seed, peers: peers)
            for round in 0..<30 {
                let listed = world.lookUp { $0.answer(of: $1) }
                if listed != world.expected() { Issue.record("seed \(seed), round \(round)") }
            }
        }
    }

    @Test("Who is in every whole answer is never lost, and who is gone for good is not kept", arguments: 0..<20)
    func nobodyIsLostOrKept(block: UInt64) throws {
        let stable = try peer(100, life: nil)
        let leaver = try peer(101, life: nil)
        let peers = try self.peers()
        for seed in block * 20..<(block + 1) * 20 {
            var world = World(seed: seed, peers: peers)
            var empties: [String: Int] = [:]
            /// An answer that tells the truth of the two, and lies about the rest as it likes.
            func answer(_ world: inout World, _ source: String, with leaver: [Node]) -> Lookup.Answer {
                switch world.answer(of: source) {
                case .failed(let error): return .failed(error)
                case .partial(let nodes, _): return .partial(nodes, because: nil)
                case .whole(let nodes) where nodes.isEmpty && empties[source, default: 0] < world.emptyAnswers - 1:
                    empties[source, default: 0] += 1
                    return .whole([])
                case .whole(let nodes):
                    empties[source] = 0
                    return .whole(nodes + [stable] + leaver)
                }
            }
            _ = world.lookUp { _, _ in .whole([stable, leaver]) }
            for _ in 0..<40 {
                let listed = world.lookUp { answer(&$0, $1, with: [leaver]) }
                let areListed = listed.isSuperset(of: [stable.endpoint, leaver.endpoint])
                if !areListed { Issue.record("lost with seed \(seed)") }
            }
            for _ in 0..<world.grace { _ = world.lookUp { world, _ in .whole([stable]) } }
            for _ in 0..<40 {
                let listed = world.lookUp { answer(&$0, $1, with: []) }
                if !listed.contains(stable.endpoint) { Issue.record("lost with seed \(seed)") }
                if listed.contains(leaver.endpoint) { Issue.record("kept with seed \(seed)") }
            }
        }
    }
}
