import ClusterSimulation
import TestTraits
import Testing

@Suite("Crowds that start together", .computing)
struct SimulationCrowdTests {
    /// Nodes that start within a second.
    struct Start: Sendable {
        var nodes: Int
        var seed: UInt64
        var isKeyed: Bool
        var timerLateness: Duration

        /// Lets it run for ten seconds.
        func report() -> (report: SimulationReport, isWhole: Bool) {
            var configuration = SimulationConfiguration(nodes: self.nodes)
            configuration.seed = self.seed
            configuration.isKeyed = self.isKeyed
            configuration.timerLateness = self.timerLateness
            let simulation = SimulatedCluster(configuration)
            simulation.start(self.nodes, within: .seconds(1))
            simulation.run(for: .seconds(10))
            return (simulation.report, simulation.isWhole)
        }
    }

    /// Many starts of one size; 40 seeds of each size up to thousands are for `simulate crowds --check`, which is optimised.
    struct Crowd: Sendable, CustomTestStringConvertible {
        var nodes: Int
        var seeds: Int
        /// In how many of the four ways each seed runs.
        ///
        /// With and without a key, with timers that are late by little and by much; where it is not all of them the seeds
        /// take turns.
        var waysForEachSeed: Int

        var starts: [Start] {
            let ways = [Duration.microseconds(50), .milliseconds(50)].flatMap { lateness in
                [false, true].map { (isKeyed: $0, lateness: lateness) }
            }
            return (0..<self.seeds).flatMap { seed in
                (0..<self.waysForEachSeed).map { turn in
                    let way = ways[(seed * self.waysForEachSeed + turn) % ways.count]
                    return Start(
                        nodes: self.nodes,
                        seed: UInt64(seed),
                        isKeyed: way.isKeyed,
                        timerLateness: way.lateness
                    )
                }
            }
        }

        var testDescription: String { "\(self.nodes) nodes, \(self.seeds) seeds" }
    }

    static let crowds = [
        Crowd(nodes: 10, seeds: 40, waysForEachSeed: 4),
        Crowd(nodes: 50, seeds: 8, waysForEachSeed: 2),
        Crowd(nodes: 100, seeds: 8, waysForEachSeed: 1),
        Crowd(nodes: 200, seeds: 4, waysForEachSeed: 1),
    ]

    private func median(_ durations: [Duration]) -> Duration { durations.sorted()[durations.count / 2] }

    @Test(
        "At most four notifications each in ten seconds, in each run, and a key costs a third of the time at most",
        arguments: crowds
    )
    func crowd(_ crowd: Crowd) async throws {
        let runs = await withTaskGroup { group in
            for start in crowd.starts { group.addTask { (start, start.report()) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(runs.count == crowd.seeds * crowd.waysForEachSeed)
        var times: [Duration: [Bool: [Duration]]] = [:]
        for (start, outcome) in runs {
            #expect(outcome.report.sentInFirstTenSeconds <= 4 * crowd.nodes, "\(start)")
            #expect(outcome.isWhole, "\(start)")
            #expect(outcome.report.falseSuspicions == 0, "\(start)")
            #expect(outcome.report.sessionsGivenUp == 0, "\(start)")
            let time = try #require(outcome.report.convergence, "\(start)")
            times[start.timerLateness, default: [:]][start.isKeyed, default: []].append(time)
        }
        #expect(times.count == 2)
        // Where a seed runs in one way only, chance is more than the key.
        guard crowd.waysForEachSeed > 1 else { return }
        for (lateness, times) in times {
            let open = self.median(try #require(times[false]))
            let keyed = self.median(try #require(times[true]))
            #expect(keyed / open <= 1.3, "\(keyed) with a key, \(open) without, timers late by \(lateness)")
        }
    }

    @Test(
        "A large crowd keeps to four notifications each, too, and leaves nobody unknown until its next heartbeat",
        arguments: [
            Start(nodes: 500, seed: 1, isKeyed: true, timerLateness: .milliseconds(50))
        ]
    )
    func largeCrowd(_ start: Start) throws {
        let (report, isWhole) = start.report()
        #expect(isWhole)
        #expect(try #require(report.convergence) < .seconds(10))
        #expect(report.sentInFirstTenSeconds <= 4 * start.nodes)
        #expect(report.sessionsGivenUp == 0)
        #expect(report.falseSuspicions == 0)
    }
}
