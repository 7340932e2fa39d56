import ClusterFormationTesting
import Logging
import Metrics
import Testing

@testable import ClusterFormation

@Suite struct ClusterEndTests {
    @Test("A link that comes up after the cluster has stopped is ended all the same")
    func linkAfterTheEnd() async throws {
        let clock = ManualClock()
        let connector = RecordingConnector()
        connector.setBehavior(.ignoreCancellation)
        let node = try peer(1)
        let configuration = ClusterConfiguration()
        let time = ClusterClock(clock)
        let core = ClusterCore(
            machine: ClusterMachine(
                localNode: try localNode(),
                strategies: ["a"],
                configuration: configuration,
                seed: 1
            ),
            clock: time,
            hub: EventHub(limit: 16),
            metrics: ClusterMetrics(cluster: "orders", factory: NOOPMetricsHandler.instance),
            log: ClusterLog(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: time)
        )
        let runner = LinkRunner(core: core, connector: connector)
        #expect(core.start())
        core.decide { $0.report(.found(node), by: 0, at: $1) }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                await withDiscardingTaskGroup { links in
                    for work in await core.work.next() ?? [] { runner.start(work, in: &links) }
                }
            }
            try await connector.waitForCalls("the connect") { !$0.isEmpty }
            core.decide { $0.shutDown(at: $1) }
            clock.advance(by: configuration.shutdownTimeout)
            core.decide { $0.timerFired(at: $1) }
            #expect(core.status.phase == .stopped)
            connector.release(node.endpoint)
        }
        #expect(connector.disconnectReasons(from: node.endpoint) == [.shutdown])
        #expect(connector.connectedPeers.isEmpty)
        #expect(connector.violations.isEmpty)
    }
}
