import ClusterFormationTesting
import Logging
import Metrics

@testable import ClusterFormation

/// What a strategy has said, and who is known by that.
struct Said: Sendable {
    var known: [Endpoint: Node] = [:]
    var conditions: [StrategyCondition] = []
    /// How many whole lists have been reported.
    var lists = 0
    var losses: [Endpoint: LossReason] = [:]
    var conflicts: Set<Endpoint> = []
    var hasReturned = false

    var condition: StrategyCondition? { self.conditions.last }

    mutating func take(_ evidence: Discovery.Evidence) {
        switch evidence {
        case .found(let node), .heardOf(let node): self.known[node.endpoint] = node
        case .lost(let node, let reason):
            guard let known = self.known[node.endpoint] else { return }
            guard node.instance == nil || known.instance == nil || node.instance == known.instance else { return }
            self.known[node.endpoint] = nil
            self.losses[node.endpoint] = reason
        case .replaceAll(let nodes):
            self.known = Dictionary(nodes.map { ($0.endpoint, $0) }) { $1 }
            self.lists += 1
        case .conflict(let endpoint): self.conflicts.insert(endpoint)
        case .condition(let condition):
            if condition != self.conditions.last { self.conditions.append(condition) }
        }
    }
}

/// Runs a strategy without a cluster around it, so that a test sees every word of it.
struct StrategyStage: Sendable {
    let said = Observed(Said())
    let clock: any Clock<Duration>
    let localNode: Node
    let clusterName: String

    init(clock: any Clock<Duration> = ContinuousClock(), localNode: Node? = nil, clusterName: String = "orders") throws
    {
        self.clock = clock
        self.localNode = try localNode ?? ClusterFormationTests.localNode()
        self.clusterName = clusterName
    }

    var context: StrategyContext {
        let said = self.said
        return StrategyContext(
            clusterName: self.clusterName,
            localNode: self.localNode,
            discovery: Discovery { evidence in said.update { $0.take(evidence) } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: NOOPMetricsHandler.instance,
            clock: ClusterClock(self.clock)
        )
    }

    /// Runs a strategy until the body is done, then cancels it and waits for its end.
    func running<Result: Sendable>(
        _ strategy: some ClusterStrategy,
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await strategy.run(in: self.context)
                self.said.update { $0.hasReturned = true }
            }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    /// Waits for what the strategy says, a minute at most.
    func wait(
        for what: String,
        within limit: Duration = .seconds(60),
        until isSatisfied: @escaping @Sendable (Said) -> Bool
    ) async throws {
        try await self.said.wait(within: limit) { said in
            "\(what); said was \(said)"
        } until: {
            isSatisfied($0)
        }
    }
}
