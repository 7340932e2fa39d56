import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct MediumClockTests {
    @Test func theMediumsTimeGoesOnWithTheNodesOwn() {
        let clock = MediumClock(.epoch, at: .after(.seconds(5)))
        #expect(clock.moment(at: .after(.seconds(8))) == .after(.seconds(3)))
    }

    @Test func aSlowAnswerTeachesNothingWrong() {
        var clock = MediumClock(.epoch, at: .start)
        // Said at some moment of the four seconds, and what is known fits in.
        #expect(clock.learn(.after(.seconds(2)), askedAt: .start, at: .after(.seconds(4))) == nil)
        #expect(clock.moment(at: .after(.seconds(4))) == .after(.seconds(4)))
    }

    @Test func driftIsFollowedToTheNearerEndAndIsNoStep() {
        var clock = MediumClock(.epoch, at: .start)
        let asked = Instant.after(.seconds(100))
        // The medium is half a second ahead at least, then half a second behind.
        #expect(clock.learn(.after(.milliseconds(100_500)), askedAt: asked, at: asked) == nil)
        #expect(clock.moment(at: asked) == .after(.milliseconds(100_500)))
        let answered = asked.advanced(by: .milliseconds(200))
        #expect(clock.learn(.after(.milliseconds(100_000)), askedAt: asked, at: answered) == nil)
        #expect(clock.moment(at: asked) == .after(.milliseconds(100_000)))
    }

    @Test(arguments: [Duration.seconds(5), .seconds(-5), .seconds(3_600), .seconds(-3_600), .seconds(86_400)])
    func aStepIsToldAndFollowedAtOnce(step: Duration) {
        var clock = MediumClock(.epoch, at: .start)
        let now = Instant.after(.seconds(10))
        #expect(clock.learn(.after(.seconds(10) + step), askedAt: now, at: now) == step)
        #expect(clock.moment(at: now) == .after(.seconds(10) + step))
        #expect(clock.learn(.after(.seconds(10) + step), askedAt: now, at: now) == nil)
    }

    @Test(arguments: [Int64.max, .min]) func anAbsurdTimeOverflowsNothing(microseconds: Int64) {
        var clock = MediumClock(.epoch, at: .start)
        _ = clock.learn(Moment(microseconds: microseconds / 2), askedAt: .start, at: .start)
        _ = clock.moment(at: .start)
    }
}
