import ClusterFormation
import Testing

@testable import ClusterFormationTesting
@testable import PostgresTesting

/// Leaders in processes of their own, that are killed and stopped in their tracks while they write.
@Suite(.serialized, .timeLimit(.minutes(4))) struct LeaderProcessTests {
    @Test func `Killed, stopped and shut down, a leader is followed by another, and none writes after the next`()
        async throws
    {
        try await TemporaryPostgres.withServer { server in
            try await server.execute(
                """
                CREATE TABLE work (fence bigint); INSERT INTO work VALUES (0);
                CREATE TABLE written (number serial PRIMARY KEY, fence bigint, at timestamptz DEFAULT clock_timestamp())
                """
            )
            let said = LeaderProcess.Said([])
            var processes: [LeaderProcess] = []
            for number in 0..<4 {
                processes.append(
                    try await LeaderProcess.start(
                        number,
                        server.connectionString(),
                        lease: .seconds(2),
                        interval: .milliseconds(200),
                        saying: said
                    )
                )
            }
            do {
                try await Self.change(processes, said, server)
            } catch {
                for process in processes { process.send(.kill) }
                throw error
            }
            for process in processes {
                process.send(.kill)
                try await process.waitForEnd()
            }
            // The storage has let nobody write with a number that is less than one it had seen.
            let disorder = try await server.execute(
                "SELECT count(*) FROM (SELECT fence < lag(fence) OVER (ORDER BY number) AS back FROM written) w WHERE back"
            )
            #expect(disorder == "0")
        }
    }

    private static func change(
        _ processes: [LeaderProcess],
        _ said: LeaderProcess.Said,
        _ server: TemporaryPostgres
    ) async throws {
        let first = try await Self.waitForBegin(after: 0, in: said)
        try await Self.waitUntilWritten(by: 1, on: server)
        processes[first].send(.kill)
        let killedAt = ContinuousClock.now
        let second = try await Self.waitForBegin(after: 1, in: said)
        print("a leader that was killed is followed after \(Self.time(since: killedAt, said))")
        try await Self.waitUntilWritten(by: 2, on: server)
        processes[second].send(.stop)
        let stoppedAt = ContinuousClock.now
        let third = try await Self.waitForBegin(after: 2, in: said)
        print("a leader that was stopped is followed after \(Self.time(since: stoppedAt, said))")
        try await Self.waitUntilWritten(by: 3, on: server)
        processes[second].send(.continue)
        // It wakes in the middle of what it did, and finds out.
        try await said.wait(within: LeaderMember.patience) { _ in
            "the end of one that wakes"
        } until: { said in
            said.contains { $0.number == second && $0.line.text.hasPrefix("end") }
        }
        processes[third].leave()
        let leftAt = ContinuousClock.now
        _ = try await Self.waitForBegin(after: 3, in: said)
        print("a leader that was shut down is followed after \(Self.time(since: leftAt, said))")
        try await Self.waitUntilWritten(by: 4, on: server)
        try await processes[third].waitForEnd()
        let begins = said.value.compactMap(\.line.begun)
        #expect(zip(begins, begins.dropFirst()).allSatisfy { $0 < $1 })
    }

    /// Waits until so many leaders have written something: one that is killed as soon as it begins may not have.
    private static func waitUntilWritten(by leaders: Int, on server: TemporaryPostgres) async throws {
        try await server.execute(
            """
            DO $$ BEGIN
                FOR look IN 1..\(LeaderMember.patience.components.seconds * 100) LOOP
                    IF (SELECT count(DISTINCT fence) FROM written) >= \(leaders) THEN RETURN; END IF;
                    PERFORM pg_sleep(0.01);
                END LOOP;
                RAISE 'fewer than \(leaders) leaders have written';
            END $$
            """
        )
    }

    private static func time(since start: ContinuousClock.Instant, _ said: LeaderProcess.Said) -> Duration {
        start.duration(to: said.value.last { $0.line.begun != nil }?.line.at ?? start)
    }

    private static func waitForBegin(after count: Int, in said: LeaderProcess.Said) async throws -> Int {
        let find = { @Sendable (said: [(number: Int, line: LeaderProcess.Line)]) in
            said.filter { $0.line.begun != nil }.dropFirst(count).first?.number
        }
        try await said.wait(within: LeaderMember.patience) { said in
            "leader \(count + 1); they said \(said.map { "\($0.number): \($0.line.text)" })"
        } until: {
            find($0) != nil
        }
        return try #require(find(said.value))
    }
}
