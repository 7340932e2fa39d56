#if Hummingbird
    import ClusterFormation
    import ClusterFormationTesting

    /// A strategy that says what the test has it say.
    final class PuppetStrategy: ClusterStrategy {
        let name = "postgres"
        private let discovery = Observed<Discovery?>(nil)

        func run(in context: StrategyContext) async throws {
            // Before a test may have it say anything else.
            context.discovery.report(.active)
            self.discovery.update { $0 = context.discovery }
            try await self.discovery.wait { _ in false }
        }

        func waitUntilItRuns() async throws {
            try await self.discovery.wait(within: .seconds(60)) { _ in
                "the strategy to run"
            } until: {
                $0 != nil
            }
        }

        func find(_ nodes: [Node]) {
            for node in nodes { self.discovery.value?.found(node) }
        }

        func lose(_ node: Node, _ reason: LossReason) { self.discovery.value?.lost(node, reason: reason) }

        func report(_ condition: StrategyCondition) { self.discovery.value?.report(condition) }
    }
#endif
