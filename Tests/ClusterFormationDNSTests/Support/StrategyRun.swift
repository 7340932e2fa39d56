import Logging
import Metrics

@testable import ClusterFormation
@testable import ClusterFormationDNS
@testable import ClusterFormationTesting

/// A strategy that runs, and all that it says.
struct StrategyRun: Sendable {
    struct Said: Sendable {
        var known: Set<Endpoint> = []
        var lost: [Endpoint] = []
        var conditions: [StrategyCondition] = []
        /// How many whole lists were reported.
        var lists = 0
        var history: [Set<Endpoint>] = []

        var codes: Set<String> { Set(self.conditions.compactMap(\.code)) }
    }

    let said = Observed(Said())

    /// Runs a strategy while a body runs, and cancels it.
    static func with(
        _ strategy: DNSStrategy,
        localHost: String = "10.9.9.9",
        _ body: (StrategyRun) async throws -> Void
    ) async throws {
        let run = StrategyRun()
        var node = try Node(host: localHost, port: 7_337)
        node.instance = .random()
        let said = run.said
        let context = StrategyContext(
            clusterName: "dns",
            localNode: node,
            discovery: Discovery { evidence in said.update { $0.take(evidence) } },
            logger: Logger(label: "dns", factory: { _ in SwiftLogNoOpLogHandler() }),
            metricsFactory: NOOPMetricsHandler.instance,
            clock: ClusterClock(ContinuousClock())
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await strategy.run(in: context) }
            try await body(run)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    func wait(for what: String, until isSatisfied: @escaping @Sendable (Said) -> Bool) async throws {
        try await self.said.wait(within: .seconds(30), for: { "\(what); said so far: \($0)" }, until: isSatisfied)
    }

    /// Waits for so many further lists.
    func wait(forLists count: Int) async throws {
        let wanted = self.said.value.lists + count
        try await self.wait(for: "\(wanted) lists") { $0.lists >= wanted }
    }
}

extension StrategyRun.Said {
    mutating func take(_ evidence: Discovery.Evidence) {
        switch evidence {
        case .replaceAll(let nodes):
            let listed = Set(nodes.map(\.endpoint))
            self.lost += self.known.subtracting(listed)
            self.known = listed
            self.lists += 1
            if listed != self.history.last { self.history.append(listed) }
        case .condition(let condition):
            self.conditions.append(condition)
        case .found, .heardOf, .lost, .conflict:
            break
        }
    }
}

extension DNSConfiguration {
    /// For a server of a test: everything is quick, but the end of a look-up, which is told by c-ares before its own time
    /// is up, also where a question was in the socket of a server that is killed.
    static func quick(
        _ port: Int,
        interval: Duration = .milliseconds(20),
        timeout: Duration = .seconds(30)
    ) throws -> DNSConfiguration {
        var configuration = DNSConfiguration()
        configuration.nameServers = [try Endpoint(host: "127.0.0.1", port: port)]
        configuration.polling.interval = interval
        // Below the interval: it counts as the interval, whatever the records' time-to-live.
        configuration.polling.longestWait = interval
        configuration.polling.timeout = timeout
        return configuration
    }
}

extension Set<Endpoint> {
    static func hosts(_ hosts: [String], port: Int = 7_337) throws -> Self {
        Set(try hosts.map { try Endpoint(host: $0, port: port) })
    }
}
