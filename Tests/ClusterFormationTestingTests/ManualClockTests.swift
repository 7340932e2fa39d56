import ClusterFormation
import ClusterFormationTesting
import Testing

@Suite struct ManualClockTests {
    @Test func `a sleeper wakes when the clock reaches its deadline and not before`() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await clock.sleep(for: .seconds(5))
                return 5
            }
            group.addTask {
                try await clock.sleep(for: .seconds(2))
                return 2
            }
            try await clock.waitForSleepers(count: 2)
            #expect(clock.nextDeadline?.sinceStart == .seconds(2))
            clock.advance(by: .milliseconds(1999))
            #expect(clock.sleeperCount == 2)
            clock.advance(by: .milliseconds(1))
            #expect(try await group.next() == 2)
            #expect(clock.sleeperCount == 1)
            #expect(clock.advanceToNextTimer()?.sinceStart == .seconds(5))
            #expect(try await group.next() == 5)
            #expect(clock.advanceToNextTimer() == nil)
            #expect(clock.now.sinceStart == .seconds(5))
        }
    }

    @Test func `a deadline that is past does not sleep`() async throws {
        let clock = ManualClock()
        clock.advance(to: .init(sinceStart: .seconds(9)))
        clock.advance(to: .init(sinceStart: .seconds(3)))
        #expect(clock.now.sinceStart == .seconds(9))
        try await clock.sleep(until: .init(sinceStart: .seconds(9)))
    }

    @Test func `a cancelled sleeper throws and is forgotten`() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.sleep(for: .seconds(1)) }
            try await clock.waitForSleepers(count: 1)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test func `many sleepers wake in any order of insertion and removal`() async throws {
        let clock = ManualClock()
        try await withThrowingTaskGroup(of: Duration.self) { group in
            var generator = SeededGenerator(seed: 1)
            for _ in 0..<2_000 {
                let duration = Duration.milliseconds(Int.random(in: 1...500, using: &generator))
                group.addTask {
                    try await clock.sleep(until: .init(sinceStart: duration))
                    #expect(clock.now.sinceStart >= duration)
                    return duration
                }
            }
            try await clock.waitForSleepers(count: 2_000)
            var turns = 0
            while clock.advanceToNextTimer() != nil { turns += 1 }
            #expect(turns > 400 && turns <= 500)
            var woken = 0
            for try await _ in group { woken += 1 }
            #expect(woken == 2_000)
        }
    }

    @Test func `waiting for a timer that nobody sets times out and says so`() async throws {
        let clock = ManualClock()
        let error = await #expect(throws: WaitTimeout.self) {
            try await clock.waitForTimer(within: .milliseconds(20))
        }
        #expect(error?.subject.hasSuffix("the next is none") == true)
    }
}
