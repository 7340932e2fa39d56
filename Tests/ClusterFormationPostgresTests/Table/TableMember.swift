import ClusterAnnouncements
import ClusterFormation
import ClusterFormationPostgres
import Logging
import MetricsTestKit
import Testing

@testable import ClusterFormationTesting

/// A node on a table, with a short heartbeat, its connector, and all that was said.
struct TableMember: Sendable {
    static let patience: Duration = .seconds(40)

    let cluster: Cluster
    let connector = RecordingConnector()
    let events = Observed<[ClusterEvent]>([])
    let log = LogLines()
    let metrics = TestMetrics()

    /// The time-to-live is long, since a machine may stand still for a second or two.
    init(
        _ number: Int,
        _ connection: String,
        table: String = PostgresTableStrategy.defaultTable,
        key: ClusterKey? = nil,
        heartbeat: Duration = .milliseconds(400),
        timeToLiveIntervals: Int = 20,
        statementTimeout: Duration = .seconds(1),
        createsTable: Bool = true,
        maximumRows: Int = 8_192
    ) throws {
        var configuration = PostgresTableConfiguration()
        configuration.heartbeatInterval = heartbeat
        configuration.timeToLiveIntervals = timeToLiveIntervals
        configuration.statementTimeout = statementTimeout
        configuration.connectTimeout = .seconds(2)
        configuration.createsTable = createsTable
        configuration.maximumRows = maximumRows
        let log = self.log
        self.cluster = try Cluster(
            name: "table-test",
            localNode: Node(host: "10.0.0.\(number)", port: 7337),
            strategy: PostgresTableStrategy(
                connection: connection,
                table: table,
                key: key,
                configuration: configuration
            ),
            connector: self.connector,
            logger: Logger(label: "table", factory: { _ in log.handler }),
            metricsFactory: self.metrics
        )
    }

    var condition: StrategyCondition { self.cluster.status.strategies[0].condition }

    /// How many rows were ignored for a reason.
    func rejected(_ reason: String) -> Int64 {
        let dimensions = [("cluster", "table-test"), ("reason", reason)]
        return (try? self.metrics.expectCounter("cluster_announcements_rejected_total", dimensions).totalValue) ?? 0
    }

    /// Runs members while a body runs, and shuts them down after it.
    static func run(_ members: [TableMember], while body: () async throws -> Void) async throws {
        let streams = members.map(\.cluster.events)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (member, stream) in zip(members, streams) {
                group.addTask { try await member.cluster.run() }
                group.addTask {
                    for await event in stream { member.events.update { $0.append(event) } }
                }
            }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    static func waitUntilWhole(_ members: [TableMember]) async throws {
        for member in members {
            try await member.cluster.waitForPeers(atLeast: members.count - 1, within: Self.patience)
        }
    }

    /// Waits until the strategy says what it suffers from, from an event on.
    @discardableResult
    func waitUntilImpaired(by codes: Set<String>, since count: Int = 0) async throws -> StrategyCondition {
        let find = { @Sendable (events: [ClusterEvent]) -> StrategyCondition? in
            for case .strategyChanged(_, let condition) in events.dropFirst(count) {
                if let code = condition.code, codes.contains(code) { return condition }
            }
            return nil
        }
        try await self.events.wait(within: Self.patience) { events in
            "impaired by \(codes); there was \(events.dropFirst(count))"
        } until: {
            find($0) != nil
        }
        return try #require(find(self.events.value))
    }

    func waitUntilActive(since count: Int = 0) async throws {
        try await self.wait("active", since: count) { event in
            if case .strategyChanged(_, let condition) = event { condition.state == .active } else { false }
        }
    }

    func wait(
        _ what: String,
        since count: Int = 0,
        until isIt: @escaping @Sendable (ClusterEvent) -> Bool
    ) async throws {
        try await self.events.wait(within: Self.patience) { events in
            "\(what); there was \(events.dropFirst(count))"
        } until: { events in
            events.dropFirst(count).contains(where: isIt)
        }
    }

    /// The promise: whatever the database does, each link was made once and never dropped, and nobody was given up.
    static func expectNothingLost(_ members: [TableMember], sourceLocation: SourceLocation = #_sourceLocation) {
        for member in members {
            #expect(member.connector.calls.count == members.count - 1, sourceLocation: sourceLocation)
            #expect(member.cluster.status.connectedPeers.count == members.count - 1, sourceLocation: sourceLocation)
            for event in member.events.value {
                switch event {
                case .peerUnvouched, .peerForgotten: Issue.record("\(event)", sourceLocation: sourceLocation)
                default: break
                }
            }
        }
    }

    /// Puts members through a fault: they name it, lose nothing, and are well again by themselves.
    static func survive(
        _ members: [TableMember],
        noticing codes: Set<String>,
        fault: () async throws -> Void,
        repair: () async throws -> Void
    ) async throws {
        try await Self.waitUntilWhole(members)
        let before = members.map(\.events.value.count)
        try await fault()
        for (member, count) in zip(members, before) { try await member.waitUntilImpaired(by: codes, since: count) }
        let during = members.map(\.events.value.count)
        try await repair()
        for (member, count) in zip(members, during) {
            if member.condition.state != .active { try await member.waitUntilActive(since: count) }
        }
        Self.expectNothingLost(members)
    }
}
