import Testing

@testable import ClusterFormation

/// Which strategy vouches for whom, as events and counts tell.
@Suite struct ProvenanceTests {
    private var machine: ClusterMachine

    init() throws {
        self.machine = ClusterMachine(
            localNode: try localNode(),
            strategies: ["a", "b"],
            linksPeers: false,
            configuration: ClusterConfiguration(),
            seed: 1
        )
        self.machine.started(at: .start)
    }

    private mutating func report(_ evidence: Discovery.Evidence, by strategy: Int) -> [[String]] {
        self.machine.report(evidence, by: strategy, at: .start).compactMap { effect in
            guard case .event(.peerVouchersChanged(_, let strategies)) = effect else { return nil }
            return strategies
        }
    }

    @Test mutating func `each strategy that begins or ceases to vouch for a peer is told once`() throws {
        let one = try peer(1)
        #expect(self.report(.found(one), by: 0) == [["a"]])
        #expect(self.report(.found(one), by: 0).isEmpty)
        #expect(self.report(.replaceAll([one]), by: 1) == [["a", "b"]])
        #expect(self.machine.vouchedCounts == [1, 1])
        #expect(self.report(.lost(one, .expired), by: 0) == [["b"]])
        #expect(self.report(.replaceAll([]), by: 1).isEmpty, "a peer that is forgotten has its own event")
        #expect(self.machine.vouchedCounts == [0, 0])
    }

    @Test mutating func `a peer's next instance is vouched for by those that have said so`() throws {
        _ = self.report(.found(try peer(1)), by: 0)
        _ = self.report(.found(try peer(1)), by: 1)
        #expect(self.report(.found(try peer(1, life: 2)), by: 1) == [["b"]])
        #expect(self.machine.vouchedCounts == [0, 1])
    }

    @Test func `with one strategy nothing is told that is not told otherwise`() throws {
        var machine = ClusterMachine(
            localNode: try localNode(),
            strategies: ["a"],
            linksPeers: false,
            configuration: ClusterConfiguration(),
            seed: 1
        )
        machine.started(at: .start)
        let effects = machine.report(.found(try peer(1)), by: 0, at: .start)
        #expect(effects.count == 1)
        #expect(machine.vouchedCounts == [1])
    }

    @Test mutating func `counts are right whatever is reported`() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5_000 {
            let (strategy, number) = (
                Int.random(in: 0...1, using: &generator), Int.random(in: 1...12, using: &generator)
            )
            let node = try peer(number, life: UInt64.random(in: 1...2, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: _ = self.report(.lost(node, .expired), by: strategy)
            case 1: _ = self.report(.replaceAll([node]), by: strategy)
            default: _ = self.report(.found(node), by: strategy)
            }
            let status = self.machine.status(at: .start)
            #expect(
                self.machine.vouchedCounts
                    == ["a", "b"].map { name in status.peers.count { $0.strategies.contains(name) } }
            )
        }
    }
}
