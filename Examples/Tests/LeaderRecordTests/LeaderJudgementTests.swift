import LeaderRecord
import Testing

/// That the judgement of a record finds what is amiss, and nothing else.
@Suite struct LeaderJudgementTests {
    private static func entry(
        _ time: Double,
        _ name: String,
        _ act: LeaderEntry.Act,
        _ number: Int64,
        stoodStill: Double = 0,
        life: Int32 = 1
    ) -> LeaderEntry {
        LeaderEntry(
            time: time,
            holder: .init(name: name, processID: life),
            act: act,
            number: number,
            stoodStill: stoodStill
        )
    }

    /// A leads from 10 to 20 with 100, B from 23 to 30 with 200.
    private static func record(_ additions: LeaderEntry...) -> [LeaderEntry] {
        let peace = [
            entry(10, "a", .begins, 100), entry(15, "a", .works, 100), entry(20, "a", .works, 100),
            entry(23, "b", .begins, 200), entry(26, "b", .works, 200), entry(30, "b", .ends, 200),
        ]
        // What has the same time comes after it.
        return (peace + additions).enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }

    private static func judge(
        _ entries: [LeaderEntry],
        unreadable: [String] = [],
        dueTimes: [Double] = [8],
        end: Double = 30,
        bound: Double = 5
    ) -> LeaderJudgement {
        LeaderJudgement(
            of: entries,
            unreadable: unreadable,
            dueTimes: dueTimes,
            end: end,
            limits: .init(stillness: 0.5, bound: bound)
        )
    }

    private static func rules(_ judgement: LeaderJudgement) -> [LeaderJudgement.Rule] {
        judgement.violations.map(\.rule)
    }

    @Test func `Leaders one after the other are in order, and the time between them is told`() {
        let judgement = Self.judge(Self.record())
        #expect(judgement.violations == [])
        #expect(judgement.leaders == 2)
        #expect(judgement.waits.map(\.sinceDue) == [2, 3])
        #expect(judgement.refused == 0)
        #expect(judgement.longestOverlap == 0)
    }

    @Test func `Two that have the same number are found, also where both are called the same`() {
        #expect(Self.rules(Self.judge(Self.record(Self.entry(24, "c", .works, 200)))) == [.numbersAreUnique])
        #expect(Self.rules(Self.judge(Self.record(Self.entry(24, "b", .works, 200, life: 2)))) == [.numbersAreUnique])
        #expect(Self.rules(Self.judge(Self.record(Self.entry(24, "b", .begins, 200)))) == [.numbersAreUnique])
        // Having stood still excuses nobody.
        let still = Self.record(Self.entry(24, "c", .begins, 200, stoodStill: 9))
        #expect(Self.rules(Self.judge(still)) == [.numbersAreUnique])
    }

    @Test func `One that begins with a number that is less is found`() {
        let entries = Self.record(Self.entry(25, "c", .begins, 150), Self.entry(25.1, "c", .works, 150))
        #expect(Self.rules(Self.judge(entries)) == [.numbersGrow])
    }

    @Test func `One that works on beside the next is found, and told once`() {
        let entries = Self.record(Self.entry(23.1, "a", .works, 100), Self.entry(23.2, "a", .ends, 100))
        let judgement = Self.judge(entries)
        #expect(Self.rules(judgement) == [.oneAtATime])
        #expect(judgement.refused == 2)
    }

    @Test func `One that had stood still is told apart by its number, and excused`() {
        let entries = Self.record(
            Self.entry(25, "a", .works, 100, stoodStill: 5),
            Self.entry(25.1, "a", .ends, 100, stoodStill: 5),
            Self.entry(26, "c", .begins, 150, stoodStill: 4)
        )
        let judgement = Self.judge(entries)
        #expect(judgement.violations == [])
        #expect(judgement.refused == 3)
        #expect(judgement.refusedLeaders == 2)
        #expect(judgement.longestOverlap == 26 - 23)
    }

    @Test func `One that has not stood still for long, or not lately, is not excused`() {
        let short = Self.record(Self.entry(25, "a", .works, 100, stoodStill: 0.4))
        #expect(Self.rules(Self.judge(short)) == [.oneAtATime])
        let late = Self.record(Self.entry(25, "a", .works, 100, stoodStill: 5), Self.entry(27, "a", .works, 100))
        #expect(Self.rules(Self.judge(late)) == [.oneAtATime])
    }

    @Test func `One that stood still between its look at the clock and the write is told apart as well`() {
        var entries = Self.record()
        entries.insert(Self.entry(20.02, "a", .works, 100), at: 4)
        let judgement = Self.judge(entries)
        #expect(judgement.violations == [])
        #expect(judgement.refused == 1)
    }

    @Test func `A new one that begins late is found, unless what kept everybody from leading is over just now`() {
        #expect(Self.rules(Self.judge(Self.record(), bound: 2.5)) == [.inTime])
        let judgement = Self.judge(Self.record(), dueTimes: [8, 21, 40], bound: 2.5)
        #expect(judgement.violations == [])
        #expect(judgement.waits.map(\.sinceDue) == [2, 2])
        #expect(judgement.waits.map(\.sinceWork) == [2, 3])
        #expect(Self.rules(Self.judge(Self.record(), dueTimes: [1])) == [.inTime])
    }

    @Test func `Nobody at the end, and nobody at all, are found`() {
        #expect(Self.rules(Self.judge(Self.record(), end: 36)) == [.inTime])
        #expect(Self.rules(Self.judge([], end: 36)) == [.inTime])
        // A late entry of a former one does not make somebody lead.
        let late = Self.record(Self.entry(35, "a", .works, 100, stoodStill: 9))
        #expect(Self.rules(Self.judge(late, end: 36)) == [.inTime])
    }

    @Test func `Lines that are none, and work without a begin, are found`() {
        #expect(Self.rules(Self.judge(Self.record(), unreadable: ["26 b 1 wor"])) == [.isWhole])
        #expect(Self.rules(Self.judge(Self.record(Self.entry(31, "c", .works, 300)), end: 31)) == [.isWhole])
    }
}
