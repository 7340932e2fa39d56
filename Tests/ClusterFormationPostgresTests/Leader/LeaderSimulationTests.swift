import ClusterFormation
import Testing

@testable import ClusterFormationPostgres

/// What a leader promises, over random faults: the machine that runs in production, on a model server.
@Suite struct LeaderSimulationTests {
    /// Everything but what no lock can help against: a process that stands still.
    private static let survivable: [LeaderSimulation.Fault] = [
        .terminate, .restart, .cut, .childReturns, .replace, .kill,
    ]

    @Test(arguments: UInt64(1)...20)
    func `No two children run at the same time, and numbers grow`(seed: UInt64) {
        var simulation = LeaderSimulation(faults: Self.survivable, seed: seed)
        simulation.run(until: .start.advanced(by: .seconds(3_600)))
        #expect(simulation.violations == [])
        #expect(simulation.begins.count > 30)
    }

    @Test(arguments: UInt64(1)...20)
    func `A process that stands still is told apart by its number, and disturbs nobody else`(seed: UInt64) {
        var simulation = LeaderSimulation(nodes: 4, faults: LeaderSimulation.Fault.allCases, seed: seed)
        simulation.run(until: .start.advanced(by: .seconds(3_600)))
        #expect(simulation.violations == [])
        #expect(simulation.begins.count > 30)
    }

    @Test(arguments: UInt64(1)...10)
    func `Faults that come faster than leaders begin make no two of them`(seed: UInt64) {
        var simulation = LeaderSimulation(nodes: 5, faults: Self.survivable, every: .seconds(2), seed: seed)
        simulation.run(until: .start.advanced(by: .seconds(1_800)))
        #expect(simulation.violations == [])
    }

    @Test func `After a graceful stop the next one begins within a retry interval and a half`() {
        var gaps: [Duration] = []
        for seed in UInt64(1)...20 {
            var simulation = LeaderSimulation(faults: [.replace], every: .seconds(60), seed: seed)
            simulation.run(until: .start.advanced(by: .seconds(1_800)))
            #expect(simulation.violations == [])
            // The first one of all can't know that there was none before it.
            gaps += simulation.gaps.dropFirst()
        }
        let soon = LeaderConfiguration().lingerTime
        #expect(gaps.count > 100)
        // Here and there an answer takes a second and more.
        #expect(Double(gaps.count { $0 <= soon }) / Double(gaps.count) > 0.8, "\(gaps.sorted().suffix(20))")
        #expect(gaps.max() ?? .zero < .seconds(20))
    }

    @Test func `The simulation sees children that overlap, where they take longer to end than they may`() {
        let overlaps = (UInt64(1)...20).contains { seed in
            var simulation = LeaderSimulation(faults: Self.survivable, slowness: 20, seed: seed)
            simulation.run(until: .start.advanced(by: .seconds(3_600)))
            return simulation.violations.contains { $0.contains("beside") }
        }
        #expect(overlaps)
    }
}
