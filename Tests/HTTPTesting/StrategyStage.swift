package import ClusterFormation
package import ClusterFormationTesting
internal import Logging
internal import Metrics

/// What a strategy has said, and who is known by that.
package struct Said: Sendable {
    package private(set) var known: [Endpoint: Node] = [:]
    package private(set) var conditions: [StrategyCondition] = []
    /// How many whole lists have been reported.
    package private(set) var lists = 0

    package var condition: StrategyCondition? { self.conditions.last }

    /// The hosts that are known, in order.
    package var hosts: [String] { self.known.keys.map(\.host).sorted() }

    fileprivate mutating func take(_ evidence: Discovery.Evidence) {
        switch evidence {
        case .found(let node), .heardOf(let node): self.known[node.endpoint] = node
        case .lost(let node, _): self.known[node.endpoint] = nil
        case .replaceAll(let nodes):
            self.known = Dictionary(nodes.map { ($0.endpoint, $0) }) { $1 }
            self.lists += 1
        case .conflict: break
        case .condition(let condition):
            if condition != self.conditions.last { self.conditions.append(condition) }
        }
    }
}

/// Runs a strategy without a cluster around it, so that a test sees every word of it.
package struct StrategyStage: Sendable {
    package let said = Observed(Said())
    private let context: StrategyContext

    package init(clock: any Clock<Duration> = ContinuousClock(), host: String = "10.244.0.200") throws {
        let said = self.said
        self.context = StrategyContext(
            clusterName: "orders",
            localNode: try Node(host: host, port: 7337),
            discovery: Discovery { evidence in said.update { $0.take(evidence) } },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: NOOPMetricsHandler.instance,
            clock: ClusterClock(clock)
        )
    }

    /// Runs a strategy until the body is done, then cancels it and waits for its end.
    package func running<Result: Sendable>(
        _ strategy: some ClusterStrategy,
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { [context] group in
            group.addTask { try await strategy.run(in: context) }
            defer { group.cancelAll() }
            let result = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    /// Waits for what the strategy says, a minute at most.
    package func wait(for what: String, until isSatisfied: @escaping @Sendable (Said) -> Bool) async throws {
        try await self.said.wait(within: .seconds(60)) { said in
            "\(what); known are \(said.hosts.prefix(8)), said was \(said.conditions)"
        } until: {
            isSatisfied($0)
        }
    }
}
