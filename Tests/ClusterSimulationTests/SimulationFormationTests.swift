import ClusterAnnouncements
import ClusterSimulation
import TestTraits
import Testing

@Suite("Formation of a simulated cluster", .computing)
struct SimulationFormationTests {
    struct Start: CustomTestStringConvertible {
        let nodes: Int
        let isKeyed: Bool
        let within: Duration

        static let all = [1, 2, 3, 10, 50].flatMap { nodes in
            [false, true].flatMap { isKeyed in
                [.zero, .seconds(1)].map { Start(nodes: nodes, isKeyed: isKeyed, within: $0) }
            }
        }

        var testDescription: String { "\(self.nodes) nodes\(self.isKeyed ? ", keyed," : "") within \(self.within)" }
    }

    private func simulation(
        _ start: Start,
        seed: UInt64 = 1,
        timerLateness: Duration = .microseconds(50)
    ) -> SimulatedCluster {
        var configuration = SimulationConfiguration(nodes: start.nodes)
        configuration.timerLateness = timerLateness
        configuration.isKeyed = start.isKeyed
        configuration.seed = seed
        let simulation = SimulatedCluster(configuration)
        simulation.start(start.nodes, within: start.within)
        return simulation
    }

    @Test("Nodes that start together know each other soon, with at most four notifications each", arguments: Start.all)
    func massStart(_ start: Start) throws {
        let simulation = self.simulation(start)
        simulation.run(for: .seconds(10))
        let report = simulation.report
        #expect(simulation.isWhole)
        #expect(report.sentInFirstTenSeconds <= 4 * start.nodes + 4)
        #expect(report.falseSuspicions == 0)
        #expect(report.sessionsGivenUp == 0)
        if start.nodes > 1 { #expect(try #require(report.convergence) < .seconds(8)) }
    }

    @Test("A newcomer knows all, and all know it, within half a second", arguments: [2, 20, 100], [false, true])
    func lateJoin(nodes: Int, isKeyed: Bool) throws {
        let simulation = self.simulation(Start(nodes: nodes, isKeyed: isKeyed, within: .seconds(1)), seed: 5)
        simulation.run(for: .seconds(60))
        simulation.start(1)
        simulation.run(for: .seconds(5))
        #expect(simulation.isWhole)
        #expect(try #require(simulation.report.convergence) < .milliseconds(500))
    }

    @Test("A newcomer that joins while a large cluster's heartbeats stretch knows all at once", arguments: [1, 2, 3])
    func lateJoinWhileHeartbeatsStretch(seed: UInt64) throws {
        let simulation = self.simulation(Start(nodes: 200, isKeyed: false, within: .seconds(1)), seed: seed)
        simulation.run(for: .seconds(28))
        simulation.start(1)
        simulation.run(for: .seconds(2))
        #expect(simulation.isWhole)
        #expect(try #require(simulation.report.convergence) < .milliseconds(500))
    }

    @Test("The same seed gives the same run, on any number of threads")
    func deterministic() {
        var reports: Set<SimulationReport> = []
        for threads in [1, 1, 2, 3] {
            var configuration = SimulationConfiguration()
            configuration.seed = 9
            configuration.threads = threads
            let simulation = SimulatedCluster(configuration)
            simulation.start(12, within: .seconds(1))
            simulation.run(for: .seconds(20))
            simulation.crash(4)
            simulation.run(for: .seconds(20))
            reports.insert(simulation.report)
        }
        #expect(reports.count == 1)
    }

    @Test("No node remembers more peers than its table has room for")
    func boundedTables() {
        var configuration = SimulationConfiguration()
        configuration.announcements.maximumPeers = 16
        let simulation = SimulatedCluster(configuration)
        simulation.start(64, within: .seconds(1))
        simulation.run(for: .seconds(60))
        #expect(simulation.report.largestTable == 16)
    }

    @Test("Once at rest, a large cluster keeps to its rate of deliveries, and so it does when nine tenths have left")
    func boundedRate() {
        let nodes = 120
        let simulation = self.simulation(Start(nodes: nodes, isKeyed: false, within: .seconds(1)), seed: 3)
        simulation.run(for: .seconds(60))
        let before = simulation.report
        simulation.run(for: .seconds(60))
        let atRest = simulation.report.wakeUps - before.wakeUps
        #expect(Double(atRest) < 1_000 * 60 * 1.3)

        for node in 0..<(nodes * 9 / 10) { simulation.leave(node) }
        let left = simulation.report
        simulation.run(for: .seconds(10))
        #expect(simulation.isWhole)
        #expect(simulation.report.announcements - left.announcements < 4 * nodes / 10)
        simulation.run(for: .seconds(60))
        #expect(simulation.isWhole)
        #expect(simulation.report.falseSuspicions == 0)
    }
}
