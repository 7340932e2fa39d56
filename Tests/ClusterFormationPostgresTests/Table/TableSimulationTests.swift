import ClusterFormation
import TestTraits
import Testing

@testable import ClusterFormationPostgres

/// Hundreds of seeds of outages, emptied tables, clocks that step, and nodes that come and go.
@Suite(.computing) struct TableSimulationTests {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `Whatever happens, no living node is lost, and no dead one is kept`(seed: UInt64) throws {
        var simulation = try TableSimulation(seed: seed, nodes: 2 + Int(seed % 9))
        simulation.run(for: .seconds(15))
        #expect(simulation.confused().isEmpty)
        for _ in 0..<20 {
            try simulation.fault()
            simulation.run(for: .milliseconds(Int(seed * 7_919 % 60_000)))
        }
        // An outage of up to 300 s, a time-to-live of grace, and one for the last of the dead.
        simulation.run(for: .seconds(400))
        #expect(simulation.flaws.isEmpty)
        #expect(simulation.confused().isEmpty)
        #expect(simulation.ghosts().isEmpty)
        // Rows that a step of the clock has put off are removed later.
        #expect(simulation.rowCount >= simulation.nodeCount)
    }
}
