import ClusterFormation
import ClusterFormationPostgres
import Logging
import MetricsTestKit
import Testing

@testable import ClusterFormationTesting

/// Who leads and who has led, over all members of a test.
final class LeaderStage: Sendable {
    struct Turn: Sendable {
        var member: Int
        var leadership: Leadership
        var beganAt = ContinuousClock.now
        var endedAt: ContinuousClock.Instant?
    }

    private let turns = Observed<[Turn]>([])

    var all: [Turn] { self.turns.value }

    /// Runs as the child: until it is cancelled, or until it is told to end.
    func lead(_ member: Int, _ leadership: Leadership, until end: Observed<Bool>) async throws {
        // What was meant for an earlier turn.
        end.update { $0 = false }
        let index = self.turns.update { turns in
            turns.append(Turn(member: member, leadership: leadership))
            return turns.count - 1
        }
        defer { self.turns.update { $0[index].endedAt = .now } }
        try await end.wait { $0 }
    }

    /// Waits for a leader, whose turn is not one of the first so many.
    @discardableResult
    func waitForLeader(
        after count: Int = 0,
        other than: Int? = nil,
        within limit: Duration = LeaderMember.patience
    ) async throws -> Turn {
        let find = { @Sendable (turns: [Turn]) in
            turns.dropFirst(count).last { $0.endedAt == nil && $0.member != than }
        }
        try await self.turns.wait(within: limit) { turns in
            "a leader after \(count) turns; the last of \(turns.count) were \(turns.suffix(3))"
        } until: {
            find($0) != nil
        }
        return try #require(find(self.all) ?? self.all.last)
    }

    func waitForTurns(_ count: Int, within limit: Duration = LeaderMember.patience) async throws {
        try await self.turns.wait(within: limit) {
            "\(count) turns; there were \($0.count)"
        } until: {
            $0.count >= count
        }
    }

    /// Waits until a turn has ended, and returns when that was.
    @discardableResult
    func waitForEnd(of token: Int64, within limit: Duration = LeaderMember.patience) async throws
        -> ContinuousClock.Instant
    {
        let find = { @Sendable (turns: [Turn]) in
            turns.first { $0.leadership.fencingToken == token }.flatMap(\.endedAt)
        }
        try await self.turns.wait(within: limit) { _ in
            "the end of turn \(token)"
        } until: {
            find($0) != nil
        }
        return try #require(find(self.all))
    }

    /// The promise: one at a time, and each with a greater number.
    func expectOneAtATime(sourceLocation: SourceLocation = #_sourceLocation) {
        for (earlier, later) in zip(self.all, self.all.dropFirst()) {
            #expect(earlier.leadership.fencingToken < later.leadership.fencingToken, sourceLocation: sourceLocation)
            #expect(earlier.endedAt.map { $0 <= later.beganAt } ?? false, sourceLocation: sourceLocation)
        }
    }
}

/// A node that seeks to lead, with short times, and all that it said.
struct LeaderMember: Sendable {
    /// How long anything may take on a machine that is busy.
    static let patience: Duration = .seconds(60)

    let number: Int
    let service: LeaderService
    let log = LogLines()
    let metrics = TestMetrics()
    /// To be set when its child is to return.
    let childEnd = Observed(false)
    private let stop = WakeSignal()

    /// Short times; a lease that a busy machine does not use up where one turn is all that there is to be.
    static func configuration(leaseTime: Duration = .seconds(2)) -> LeaderConfiguration {
        var configuration = LeaderConfiguration()
        configuration.leaseTime = leaseTime
        configuration.probeInterval = .milliseconds(200)
        configuration.retryInterval = .milliseconds(200)
        configuration.restartBackoff = Backoff(initial: .milliseconds(50), maximum: .milliseconds(500))
        configuration.connectTimeout = .seconds(5)
        return configuration
    }

    init(
        _ number: Int,
        _ connection: String,
        on stage: LeaderStage,
        configuration: LeaderConfiguration = Self.configuration()
    ) throws {
        let (log, end) = (self.log, self.childEnd)
        self.number = number
        self.service = try LeaderService(
            key: "reports",
            connection: connection,
            configuration: configuration,
            logger: Logger(label: "leader", factory: { _ in log.handler }),
            metricsFactory: self.metrics
        ) { leadership in
            try await stage.lead(number, leadership, until: end)
        }
    }

    /// Ends this member's run, as the end of its program would.
    func leave() {
        self.stop.wake()
    }

    /// Runs members while a body runs, and shuts them down after it.
    static func run(_ members: [LeaderMember], while body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members {
                group.addTask {
                    try await withThrowingTaskGroup(of: Void.self) { inner in
                        inner.addTask { try await member.service.run() }
                        inner.addTask { await member.stop.wait() }
                        try await inner.next()
                        inner.cancelAll()
                        try await inner.waitForAll()
                    }
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

    /// Waits until the service says what it suffers from.
    @discardableResult
    func waitUntilImpaired(by code: String) async throws -> StrategyCondition {
        try await self.log.wait(for: "cluster.code\": \(code)", count: 1, within: Self.patience)
        return self.service.condition
    }
}
