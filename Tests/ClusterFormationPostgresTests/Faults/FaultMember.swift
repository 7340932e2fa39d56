import ClusterAnnouncements
import ClusterFormation
import ClusterFormationPostgres
import Logging
import MetricsTestKit
import Testing

@testable import ClusterFormationTesting

/// A node that is put through a fault: a cluster with a short heartbeat, its connector, and all that was said.
struct FaultMember: Sendable {
    /// How long anything may take on a machine that is busy.
    static let patience: Duration = .seconds(40)

    let cluster: Cluster
    private let dimension: (String, String)
    let connector = RecordingConnector()
    let events = Observed<[ClusterEvent]>([])
    let log = LogLines()
    let metrics = TestMetrics()

    /// A patient one speaks as often, is believed for ten of its heartbeats, and gives a session up after 20 s only, which
    /// a server keeps that a busy machine holds up.
    init(
        _ number: Int,
        _ connection: String,
        cluster: String = "faults",
        key: ClusterKey? = nil,
        keys: ClusterKeyRing? = nil,
        heartbeat: Duration = .milliseconds(400),
        isPatient: Bool = false,
        statementTimeout: Duration? = nil,
        maximumPeers: Int = 4_096,
        connectTimeout: Duration = .seconds(5),
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        var notifier = PostgresNotifierConfiguration()
        notifier.connectTimeout = .seconds(2)
        notifier.statementTimeout = statementTimeout ?? (isPatient ? .seconds(20) : .seconds(1))
        notifier.poolerCheckTimeout = .seconds(1)
        var announcements = AnnouncementConfiguration(heartbeatInterval: heartbeat)
        announcements.maximumPeers = maximumPeers
        if isPatient {
            announcements.echoDeadline = .seconds(20)
            announcements.timeToLiveIntervals = 10
        }
        var configuration = ClusterConfiguration()
        configuration.connectTimeout = connectTimeout
        configuration.maximumPeers = maximumPeers
        let log = self.log
        self.dimension = ("cluster", cluster)
        self.cluster = try Cluster(
            name: cluster,
            localNode: Node(host: "10.0.0.\(number)", port: 7337),
            strategy: PostgresNotifyStrategy(
                notifier: PostgresNotifier(connection: connection, configuration: notifier),
                key: key,
                configuration: .init(
                    keys: keys,
                    announcements: announcements,
                    farewellTimeout: isPatient ? .seconds(20) : .seconds(2)
                )
            ),
            connector: self.connector,
            configuration: configuration,
            clock: clock,
            logger: Logger(label: "faults", factory: { _ in log.handler }),
            metricsFactory: self.metrics
        )
    }

    var condition: StrategyCondition { self.cluster.status.strategies[0].condition }

    /// How many messages were dropped for a reason.
    func rejected(_ reason: String) -> Int64 {
        let dimensions = [self.dimension, ("reason", reason)]
        return (try? self.metrics.expectCounter("cluster_announcements_rejected_total", dimensions).totalValue) ?? 0
    }

    /// Waits until so many messages were dropped for a reason; metrics have to be looked at again and again.
    func waitUntilRejected(_ reason: String, atLeast count: Int64 = 100) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while self.rejected(reason) < count {
            guard ContinuousClock.now < deadline else {
                throw WaitTimeout(
                    limit: Self.patience,
                    subject: "\(self.rejected(reason)) of \(count) messages were dropped as \(reason)"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// How many sessions were opened.
    var sessionsOpened: Int64 {
        (try? self.metrics.expectCounter("cluster_sessions_opened_total", [self.dimension]).totalValue) ?? 0
    }

    /// The hosts that were found from an event on.
    func found(since count: Int = 0) -> [String] {
        self.events.value.dropFirst(count).compactMap { event in
            if case .peerDiscovered(let node) = event { node.endpoint.host } else { nil }
        }
    }

    /// Runs members while a body runs, and shuts them down after it.
    static func run(_ members: [FaultMember], while body: () async throws -> Void) async throws {
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

    /// Waits until the strategy says, from now on or already, what it suffers from.
    @discardableResult
    func waitUntilImpaired(by code: String, since count: Int = 0) async throws -> StrategyCondition {
        try await self.wait("impaired by \(code)", since: count) { event in
            guard case .strategyChanged(_, let condition) = event else { return false }
            return condition.code == code
        }
        let conditions = self.events.value.compactMap { event -> StrategyCondition? in
            guard case .strategyChanged(_, let condition) = event, condition.code == code else { return nil }
            return condition
        }
        return try #require(conditions.last)
    }

    func waitUntilActive(since count: Int) async throws {
        try await self.wait("active", since: count) { event in
            guard case .strategyChanged(_, let condition) = event else { return false }
            return condition.state == .active
        }
    }

    func waitUntilConnected(to host: String) async throws {
        try await self.wait("connected to \(host)") { event in
            guard case .peerConnected(let node) = event else { return false }
            return node.endpoint.host == host
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

    static func waitUntilWhole(_ members: [FaultMember]) async throws {
        for member in members {
            try await member.cluster.waitForPeers(atLeast: members.count - 1, within: Self.patience)
        }
    }

    /// The promise: whatever PostgreSQL does, each link was made once and never dropped.
    static func expectLinksUntouched(
        _ members: [FaultMember],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for member in members {
            #expect(member.connector.calls.count == members.count - 1, sourceLocation: sourceLocation)
            #expect(member.cluster.status.connectedPeers.count == members.count - 1, sourceLocation: sourceLocation)
        }
    }

    /// Puts members through a fault: they must notice it by its name, keep their links, and be well again by themselves.
    static func survive(
        _ members: [FaultMember],
        noticing codes: Set<String>,
        fault: () async throws -> Void,
        repair: () async throws -> Void
    ) async throws {
        try await Self.waitUntilWhole(members)
        let before = members.map(\.events.value.count)
        try await fault()
        for (member, count) in zip(members, before) {
            try await member.wait("impaired by \(codes)", since: count) { event in
                guard case .strategyChanged(_, let condition) = event, let code = condition.code else { return false }
                return codes.contains(code)
            }
        }
        Self.expectLinksUntouched(members)
        let during = members.map(\.events.value.count)
        try await repair()
        for (member, count) in zip(members, during) {
            if member.condition.state != .active { try await member.waitUntilActive(since: count) }
        }
        Self.expectLinksUntouched(members)
    }
}

/// Everything that was logged, with its metadata.
final class LogLines: Sendable {
    private let lines = Observed<[String]>([])

    var all: [String] { self.lines.value }

    var handler: any LogHandler { Handler(lines: self.lines) }

    /// Waits until so many lines have a text in them.
    func wait(for text: String, count: Int, within limit: Duration) async throws {
        try await self.lines.wait(within: limit) { lines in
            "\(count) lines with \"\(text)\" in them; there are \(lines.count { $0.contains(text) })"
        } until: { lines in
            lines.count { $0.contains(text) } >= count
        }
    }

    private struct Handler: LogHandler {
        let lines: Observed<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.lines.update { $0.append("\(event.level) \(event.message) \(metadata)") }
        }
    }
}
