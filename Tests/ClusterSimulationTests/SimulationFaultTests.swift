import ClusterAnnouncements
import ClusterFormation
import ClusterSimulation
import TestTraits
import Testing

@Suite("A simulated cluster under faults", .computing)
struct SimulationFaultTests {
    /// A cluster at rest.
    private func cluster(
        _ nodes: Int,
        seed: UInt64,
        isKeyed: Bool = false,
        lossProbability: Double = 0,
        timerLateness: Duration = .microseconds(50)
    ) -> SimulatedCluster {
        var configuration = SimulationConfiguration()
        configuration.timerLateness = timerLateness
        configuration.seed = seed
        configuration.isKeyed = isKeyed
        configuration.lossProbability = lossProbability
        let simulation = SimulatedCluster(configuration)
        simulation.start(nodes, within: .seconds(1))
        simulation.run(for: .seconds(15))
        return simulation
    }

    @Test("After faults of every kind all know all again, and no reachable peer was forgotten", arguments: 0..<200)
    func faults(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let simulation = self.cluster(
            Int.random(in: 2...12, using: &generator),
            seed: UInt64(seed),
            isKeyed: seed.isMultiple(of: 2),
            timerLateness: seed % 4 < 2 ? .microseconds(50) : .milliseconds(50)
        )
        var frozen: Set<Int> = []
        var ended: Set<Int> = []
        for _ in 0..<12 {
            let running = simulation.runningNodes
            guard let victim = running.randomElement(using: &generator) else { break }
            switch Int.random(in: 0..<9, using: &generator) {
            case 0:
                simulation.crash(victim)
                ended.insert(victim)
            case 1:
                simulation.leave(victim)
                ended.insert(victim)
            case 2:
                simulation.freeze(victim)
                frozen.insert(victim)
            case 3:
                if let cold = frozen.sorted().randomElement(using: &generator) {
                    simulation.thaw(cold)
                    frozen.remove(cold)
                }
            case 4: simulation.restart(victim)
            case 5: simulation.start(1)
            case 6:
                simulation.cutOff(
                    running.filter { _ in Bool.random(using: &generator) },
                    for: .seconds(Int.random(in: 1...40, using: &generator))
                )
            case 7: simulation.stepClock(by: .seconds(Int.random(in: -90_000...90_000, using: &generator)))
            default: simulation.restartServer(after: .milliseconds(Int.random(in: 1...20_000, using: &generator)))
            }
            simulation.run(for: .milliseconds(Int.random(in: 1...12_000, using: &generator)))
        }
        for node in frozen { simulation.thaw(node) }
        for node in ended { simulation.restart(node) }
        #expect(simulation.runUntilWhole(within: .seconds(120), step: .seconds(1)))
        #expect(simulation.report.falseSuspicions == 0)
        // It stays so.
        simulation.run(for: .seconds(30))
        #expect(simulation.isWhole)
        #expect(simulation.report.falseSuspicions == 0)
    }

    @Test("Where a fifth of the deliveries is lost, all know all in the end", arguments: 0..<40)
    func loss(seed: UInt64) {
        let simulation = self.cluster(8, seed: seed, isKeyed: seed.isMultiple(of: 2), lossProbability: 0.2)
        #expect(simulation.runUntilWhole(within: .seconds(120), step: .seconds(1)))
    }

    @Test("A killed node is forgotten by all within three heartbeats", arguments: [3, 30, 100], [false, true])
    func crash(nodes: Int, isKeyed: Bool) throws {
        let simulation = self.cluster(nodes, seed: 11, isKeyed: isKeyed)
        simulation.run(for: .seconds(60))
        simulation.crash(nodes / 2)
        simulation.run(for: .seconds(15))
        #expect(simulation.isWhole)
        #expect(try #require(simulation.report.convergence) < .seconds(15))
        #expect(simulation.report.falseSuspicions == 0)
    }

    @Test("Killed together, the first members in turn are missed too")
    func crashOfTheFirst() {
        let simulation = self.cluster(20, seed: 12)
        simulation.run(for: .seconds(60))
        for node in 0..<15 { simulation.crash(node) }
        simulation.run(for: .seconds(20))
        #expect(simulation.isWhole)
        #expect(simulation.report.falseSuspicions == 0)
    }

    @Test("While the server is away for an hour nobody is forgotten, nor afterwards", arguments: [10, 50])
    func outage(nodes: Int) {
        let simulation = self.cluster(nodes, seed: 13)
        simulation.restartServer(after: .seconds(3600))
        simulation.run(for: .seconds(3600))
        #expect(simulation.report.suspicions == 0)
        simulation.run(for: .seconds(120))
        #expect(simulation.isWhole)
        #expect(simulation.report.suspicions == 0)
    }

    @Test("When the server is back all sessions are, within the longest wait", arguments: [0, 3_600])
    func sessionsAreBack(downtime: Int) {
        let simulation = self.cluster(50, seed: 16)
        let opened = simulation.report.sessionsOpened
        simulation.restartServer(after: .seconds(downtime))
        simulation.run(for: .seconds(downtime) + SessionBackoff.longestWait + .milliseconds(10))
        #expect(simulation.report.sessionsOpened - opened == 50)
    }

    @Test("Sessions that were ended once are back in a moment")
    func sessionsAreBackInAMoment() {
        let simulation = self.cluster(10, seed: 17)
        let opened = simulation.report.sessionsOpened
        simulation.restartServer(after: .zero)
        simulation.run(for: .milliseconds(40))
        #expect(simulation.report.sessionsOpened - opened == 10)
    }

    @Test(
        "A step of the server's clock loses nobody",
        arguments: [5, -5, 3_600, -3_600, 86_400, -86_400],
        [10, 80]
    )
    func clockStep(seconds: Int, nodes: Int) {
        let simulation = self.cluster(nodes, seed: 18)
        simulation.run(for: .seconds(20))
        let before = simulation.report
        simulation.stepClock(by: .seconds(seconds))
        simulation.run(for: .seconds(40))
        #expect(simulation.isWhole)
        #expect(simulation.report.suspicions == before.suspicions)
        #expect(simulation.report.sessionsGivenUp == 0)
        // Eight heartbeats, and once more for the one that was refused.
        #expect(simulation.report.announcements - before.announcements <= 10 * nodes)
        simulation.start(1)
        simulation.run(for: .seconds(2))
        #expect(simulation.isWhole)
    }

    @Test("A restart on the same endpoint takes its predecessor's place at once")
    func restart() throws {
        let simulation = self.cluster(10, seed: 14)
        simulation.restart(3)
        simulation.run(for: .seconds(2))
        #expect(simulation.isWhole)
        #expect(try #require(simulation.report.convergence) < .milliseconds(500))
    }

    @Test("A node frozen for longer than its time-to-live comes back by itself")
    func freeze() {
        let simulation = self.cluster(10, seed: 15)
        simulation.freeze(3)
        simulation.run(for: .seconds(60))
        #expect(simulation.isWhole)
        simulation.thaw(3)
        simulation.run(for: .seconds(30))
        #expect(simulation.isWhole)
        #expect(simulation.report.falseSuspicions == 0)
    }
}
