import ClusterAnnouncements
import Testing

@testable import ClusterFormationPostgres

@Suite struct SessionBackoffTests {
    /// A generator whose every draw is the largest or the smallest.
    private struct Extreme: RandomNumberGenerator {
        var value: UInt64
        mutating func next() -> UInt64 { self.value }
    }

    @Test func theWaitDoublesUpToItsCeiling() {
        var backoff = SessionBackoff()
        var generator = Extreme(value: .max)
        let waits = (0..<10).map { _ in backoff.next(after: .connectionLost, members: 1, using: &generator) }
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(waits[0] <= .milliseconds(200) && waits[0] > .milliseconds(199))
        #expect(waits[1] > .milliseconds(399))
        #expect(waits.last! <= .seconds(15) && waits.last! > .seconds(14))
    }

    @Test func theJitterIsFullSoThatALossUnderAllDoesNotBringThemBackAtOnce() {
        var backoff = SessionBackoff()
        var generator = Extreme(value: 0)
        #expect(backoff.next(after: .connectionLost, members: 1, using: &generator) == .zero)
    }

    @Test func theFirstWaitGrowsWithTheClusterUpToABound() {
        var generator = Extreme(value: .max)
        var large = SessionBackoff()
        var huge = SessionBackoff()
        #expect(large.next(after: .connectionLost, members: 200, using: &generator) > .milliseconds(999))
        #expect(huge.next(after: .connectionLost, members: 100_000, using: &generator) <= .seconds(5))
    }

    @Test(arguments: [NotifierError.Code.pooler, .authenticationFailed, .standby, .databaseMissing])
    func whatOnlyAnOperatorCanMendIsTriedGently(code: NotifierError.Code) {
        var backoff = SessionBackoff()
        var generator = Extreme(value: 0)
        let waits = (0..<10).map { _ in backoff.next(after: code, members: 1, using: &generator) }
        #expect(waits[0] >= .seconds(1))
        #expect(waits.last! == .seconds(30))
    }

    @Test func successBeginsAnew() {
        var backoff = SessionBackoff()
        var generator = Extreme(value: .max)
        for _ in 0..<5 { _ = backoff.next(after: .connectionLost, members: 1, using: &generator) }
        backoff.succeeded()
        #expect(backoff.next(after: .connectionLost, members: 1, using: &generator) <= .milliseconds(200))
    }
}
