import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct HeartbeatTests {
    @Test func aSmallClusterKeepsTheIntervalGiveOrTakeATenth() {
        var node = TestNode.settled()
        for number in 100..<169 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        #expect(node.machine.currentInterval == .seconds(5))
        var last: Instant?
        var gaps: [Duration] = []
        for _ in 0..<6_000 {
            let count = node.advance(by: .milliseconds(100)).announcements.count
            guard count > 0 else { continue }
            if let last { gaps.append(last.duration(to: node.now)) }
            last = node.now
        }
        #expect(gaps.count > 100)
        #expect(gaps.allSatisfy { $0 >= .milliseconds(4_400) && $0 <= .milliseconds(5_600) })
        let mean = gaps.reduce(Duration.zero, +) / gaps.count
        #expect(mean > .milliseconds(4_900) && mean < .milliseconds(5_100))
    }

    @Test(arguments: [100, 400, 1_000, 10_000]) func theWholeClustersDeliveriesStayWithinTheBudget(members: Int) {
        var generator = SeededGenerator(seed: UInt64(members))
        var schedule = HeartbeatSchedule(base: .seconds(5), deliveriesPerSecond: 1_000)
        var now = Instant.start
        var sent = 0
        schedule.sent(at: now, members: members, using: &generator)
        for _ in 0..<4_000 {
            guard let due = schedule.due else { break }
            #expect(due > now)
            now = due
            if schedule.reconsider(at: now, members: members, using: &generator) {
                schedule.sent(at: now, members: members, using: &generator)
                sent += 1
            }
        }
        // One member's announcements, delivered to all members, times the members.
        let rate = Double(sent) * Double(members) * Double(members) / Instant.start.duration(to: now).inSeconds
        #expect((800...1_200).contains(rate), "\(rate) deliveries a second")
    }

    @Test func theAnnouncementCarriesTheTimeToLiveOfItsInterval() {
        var node = TestNode.settled()
        #expect(node.advance(by: .seconds(6)).announcements.map(\.timeToLive) == [.seconds(20)])
        for number in 100..<299 { node.hear(.announcement(of: number, timeToLive: .seconds(3_600))) }
        let later = node.advance(by: .seconds(120)).announcements
        #expect(later.last?.timeToLive == .seconds(4 * 40))
    }

    @Test func aTimerIsReconsideredWhenTheClusterHasGrown() {
        var generator = SeededGenerator(seed: 3)
        var schedule = HeartbeatSchedule(base: .seconds(5), deliveriesPerSecond: 1_000)
        schedule.sent(at: .start, members: 1, using: &generator)
        guard let due = schedule.due else { Issue.record("nothing due"); return }
        #expect(!schedule.reconsider(at: due, members: 1_000, using: &generator))
        // 1,000 s on average, at least half of it, after RFC 3550's division.
        #expect(schedule.due ?? .start > .start.advanced(by: .seconds(400)))
    }

    @Test func whenMembersLeaveWhatIsLeftOfTheIntervalShrinks() {
        var generator = SeededGenerator(seed: 3)
        var schedule = HeartbeatSchedule(base: .seconds(5), deliveriesPerSecond: 1_000)
        schedule.sent(at: .start, members: 1_000, using: &generator)
        guard let before = schedule.due else { Issue.record("nothing due"); return }
        let now = Instant.start.advanced(by: .seconds(100))
        schedule.shrink(toMembers: 100, at: now)
        guard let after = schedule.due else { Issue.record("nothing due"); return }
        // The interval of 100 members is a hundredth of that of 1,000.
        let ratio = now.duration(to: after) / now.duration(to: before)
        #expect(abs(ratio - 0.01) < 0.000_1)
        #expect(now.duration(to: after) < .seconds(15))
    }

    @Test func aSmallClusterThatShrinksKeepsItsTimer() {
        var generator = SeededGenerator(seed: 3)
        var schedule = HeartbeatSchedule(base: .seconds(5), deliveriesPerSecond: 1_000)
        schedule.sent(at: .start, members: 60, using: &generator)
        let before = schedule.due
        schedule.shrink(toMembers: 10, at: .start.advanced(by: .seconds(1)))
        #expect(schedule.due == before)
    }

    @Test func anAbsurdClusterOverflowsNothing() {
        let schedule = HeartbeatSchedule(base: .seconds(3_600), deliveriesPerSecond: 1)
        #expect(schedule.interval(forMembers: 1_000_000_000) == .seconds(100_000_000))
    }

    @Test func nineHundredThatLeaveCauseNoStorm() {
        var node = TestNode.settled(5_000)
        for number in 0..<1_000 { node.hear(.announcement(of: number, timeToLive: .seconds(86_400))) }
        node.advance(by: .seconds(60))
        var announcements = 0
        for number in 0..<900 {
            let actions = node.hear(.leave(of: number, sequence: 2))
            #expect(actions.lost.count == 1)
            announcements += node.advance(by: .milliseconds(10)).announcements.count
        }
        #expect(announcements <= 2)
        let later = node.advance(by: .seconds(120)).announcements
        #expect((5...25).contains(later.count))
    }
}
