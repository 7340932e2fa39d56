import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct HeartbeatScheduleTests {
    private let schedule = HeartbeatSchedule(base: .seconds(5), deliveriesPerSecond: 1_000)

    /// The times between two announcements of one member, whose timers are late by so much.
    private func gaps(_ count: Int, members: Int, lateness: Duration = .microseconds(1)) -> [Duration] {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: UInt64(members))
        var (now, last) = (Instant.start, Instant.start)
        var gaps: [Duration] = []
        schedule.sent(at: now, members: members, using: &generator)
        while gaps.count < count, let due = schedule.due {
            #expect(due > now)
            now = due.advanced(by: lateness)
            guard schedule.reconsider(at: now, members: members, using: &generator) else { continue }
            schedule.sent(at: now, members: members, using: &generator)
            gaps.append(last.duration(to: now))
            last = now
        }
        return gaps
    }

    private func mean(_ gaps: [Duration]) -> Double {
        gaps.reduce(Duration.zero, +).inSeconds / Double(gaps.count)
    }

    @Test func upTo70NodesKeepTheInterval() {
        #expect(self.schedule.interval(forMembers: 1) == .seconds(5))
        #expect(self.schedule.interval(forMembers: 70) == .seconds(5))
        #expect(self.schedule.interval(forMembers: 71) > .seconds(5))
    }

    @Test(arguments: LateTimers.all) func aSmallClusterKeepsItGiveOrTakeATenth(lateness: Duration) {
        let gaps = self.gaps(500, members: 70, lateness: lateness)
        #expect(gaps.count == 500)
        #expect(gaps.allSatisfy { $0 >= .milliseconds(4_400) && $0 <= .milliseconds(5_600) })
        #expect(abs(self.mean(gaps) - 5) < 0.1)
        #expect(Set(gaps).count > 400, "nodes that started together must not stay together")
    }

    @Test(arguments: [100, 400, 1_000, 10_000])
    func aboveThatTheWholeClusterStaysWithinItsBudget(members: Int) {
        let interval = self.schedule.interval(forMembers: members).inSeconds
        let deliveries = Double(members) / interval * Double(members)
        #expect(abs(deliveries - 1_000) < 1)
    }

    @Test(arguments: [100, 400, 1_000, 10_000])
    func theWholeClustersDeliveriesStayWithinTheBudget(members: Int) {
        // One member's announcements, delivered to all members, times the members.
        let rate = Double(members) * Double(members) / self.mean(self.gaps(2_000, members: members))
        #expect((800...1_200).contains(rate), "\(rate) deliveries a second")
    }

    @Test func theMeanOfReconsideredIntervalsIsTheIntended() {
        let mean = self.mean(self.gaps(2_000, members: 400))
        #expect(abs(mean / self.schedule.interval(forMembers: 400).inSeconds - 1) < 0.05)
    }

    @Test func whenTheClusterHasGrownTheTimerIsSetAnewInsteadOfFiring() throws {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1, using: &generator)
        let due = try #require(schedule.due)
        #expect(!schedule.reconsider(at: due, members: 1_000, using: &generator))
        // 1,000 s on average, at least half of it, after RFC 3550's division.
        #expect(try #require(schedule.due) > .after(.seconds(400)))
    }

    @Test func whenNineOfTenHaveLeftTheRestSpeakUpSoon() throws {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1_000, using: &generator)
        let before = try #require(schedule.due)
        schedule.shrink(toMembers: 100, at: .start)
        #expect(try #require(schedule.due).nanoseconds < before.nanoseconds / 90)
    }

    @Test func whatIsLeftOfTheIntervalShrinksInProportion() throws {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1_000, using: &generator)
        let before = try #require(schedule.due)
        let now = Instant.after(.seconds(100))
        schedule.shrink(toMembers: 100, at: now)
        let after = try #require(schedule.due)
        // The interval of 100 members is a hundredth of that of 1,000.
        let ratio = now.duration(to: after) / now.duration(to: before)
        #expect(abs(ratio - 0.01) < 0.000_1)
        #expect(now.duration(to: after) < .seconds(15))
    }

    @Test func aSmallClusterThatShrinksKeepsItsTimer() {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 60, using: &generator)
        let before = schedule.due
        schedule.shrink(toMembers: 10, at: .after(.seconds(1)))
        #expect(schedule.due == before)
    }

    @Test func aTimerThatIsNotDueDoesNotFire() {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1, using: &generator)
        #expect(!schedule.reconsider(at: .start, members: 1, using: &generator))
    }

    @Test func withoutASessionNothingIsDue() {
        var schedule = self.schedule
        var generator = SeededGenerator(seed: 3)
        schedule.sent(at: .start, members: 1, using: &generator)
        schedule.stop()
        #expect(schedule.due == nil)
    }

    @Test func anAbsurdClusterOverflowsNothing() {
        let schedule = HeartbeatSchedule(base: .seconds(3_600), deliveriesPerSecond: 1)
        #expect(schedule.interval(forMembers: 1_000_000_000) == .seconds(100_000_000))
    }
}
