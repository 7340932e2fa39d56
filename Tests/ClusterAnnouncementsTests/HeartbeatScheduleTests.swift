import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct HeartbeatScheduleTests {
    private let schedule = HeartbeatSchedule(base: .seconds(5), deliveriesPerSecond: 1_000)

    @Test func upTo70NodesKeepTheInterval() {
        #expect(self.schedule.interval(forMembers: 1) == .seconds(5))
        #expect(self.schedule.interval(forMembers: 70) == .seconds(5))
        #expect(self.schedule.interval(forMembers: 71) > .seconds(5))
    }

    @Test(arguments: [100, 400, 1_000, 10_000])
    func aboveThatTheWholeClusterStaysWithinItsBudget(members: Int) {
        let interval = self.schedule.interval(forMembers: members).inSeconds
        let deliveries = Double(members) / interval * Double(members)
        #expect(abs(deliveries - 1_000) < 1)
    }

    @Test func theMeanOfReconsideredIntervalsIsTheIntended() {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        var now = Instant.start
        var sent = 0
        schedule.sent(at: now, members: 400, using: &generator)
        while sent < 2_000, let due = schedule.due {
            now = due
            if schedule.reconsider(at: now, members: 400, using: &generator) {
                sent += 1
                schedule.sent(at: now, members: 400, using: &generator)
            }
        }
        let mean = now.sinceStart.inSeconds / Double(sent)
        #expect(abs(mean / schedule.interval(forMembers: 400).inSeconds - 1) < 0.05)
    }

    @Test func whenTheClusterHasGrownTheTimerIsSetAnewInsteadOfFiring() throws {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1, using: &generator)
        let due = try #require(schedule.due)
        #expect(!schedule.reconsider(at: due, members: 1_000, using: &generator))
        #expect(try #require(schedule.due) > due.advanced(by: .seconds(300)))
    }

    @Test func whenNineOfTenHaveLeftTheRestSpeakUpSoon() throws {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1_000, using: &generator)
        let before = try #require(schedule.due).sinceStart
        schedule.shrink(toMembers: 100, at: .start)
        #expect(try #require(schedule.due).sinceStart < before / 90)
    }

    @Test func aTimerThatIsNotDueDoesNotFire() {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1, using: &generator)
        #expect(!schedule.reconsider(at: .start, members: 1, using: &generator))
    }
}
