import ClusterFormation
import Testing

@testable import ClusterAnnouncements

@Suite struct SessionBackoffTests {
    /// The smallest and the largest wait of a thousand at each of the first ten attempts.
    private func waits(after code: NotifierError.Code, members: Int) -> [(least: Duration, most: Duration)] {
        var generator = SeededGenerator(seed: 7)
        let series = (0..<1_000).map { _ in
            var backoff = SessionBackoff()
            return (0..<10).map { _ in backoff.next(after: code, members: members, using: &generator) }
        }
        return (0..<10).map { attempt in
            let waits = series.map { $0[attempt] }
            return (waits.min() ?? .zero, waits.max() ?? .zero)
        }
    }

    @Test func theCeilingDoublesUpToItsLimit() {
        let waits = self.waits(after: .connectionLost, members: 1)
        #expect(waits[0].most <= .milliseconds(30) && waits[0].most > .milliseconds(28))
        #expect(waits[1].most <= .milliseconds(60) && waits[1].most > .milliseconds(57))
        #expect(waits[9].most <= .seconds(5) && waits[9].most > .milliseconds(4_700))
    }

    @Test func theJitterIsFullSoThatALossUnderAllDoesNotBringThemBackAtOnce() {
        let first = self.waits(after: .connectionLost, members: 200)[0]
        #expect(first.least < .milliseconds(8))
        #expect(first.most > .milliseconds(380))
    }

    @Test func theFirstWaitGrowsWithTheClusterUpToABound() {
        let crowd = self.waits(after: .connectionLost, members: 200)[0].most
        #expect(crowd > .milliseconds(380) && crowd <= .milliseconds(400))
        #expect(self.waits(after: .connectionLost, members: 100_000)[0].most <= .seconds(5))
    }

    @Test(arguments: [NotifierError.Code.pooler, .authenticationFailed, .standby, .databaseMissing])
    func whatOnlyAnOperatorCanMendIsTriedGently(code: NotifierError.Code) {
        let waits = self.waits(after: code, members: 1)
        #expect(waits[0].least >= .seconds(1))
        #expect(waits[9].least >= .seconds(30) && waits[9].most <= .seconds(60))
    }

    @Test func successBeginsAnew() {
        var backoff = SessionBackoff()
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<8 { _ = backoff.next(after: .connectionLost, members: 1, using: &generator) }
        backoff.succeeded()
        #expect(backoff.next(after: .connectionLost, members: 1, using: &generator) <= .milliseconds(30))
    }

    @Test func whereASessionHasHeldNobodyWaitsForAnOperator() {
        var generator = SeededGenerator(seed: 7)
        var backoff = SessionBackoff()
        backoff.succeeded()
        let waits = (0..<40).map { _ in backoff.next(after: .standby, members: 1, using: &generator) }
        #expect(waits.count == 40)
        #expect(waits.allSatisfy { $0 <= SessionBackoff.longestWait })
        // A failover takes its time, and the server is not to be hammered meanwhile.
        #expect(waits.suffix(20).allSatisfy { $0 >= SessionBackoff.longestWait * 0.5 })
    }

    @Test func whereOneOfSeveralServersMayTakeOverNobodyWaitsForAnOperator() {
        var generator = SeededGenerator(seed: 7)
        var backoff = SessionBackoff(hasSeveralServers: true)
        let waits = (0..<40).map { _ in backoff.next(after: .standby, members: 1, using: &generator) }
        #expect(waits.count == 40)
        #expect(waits.allSatisfy { $0 <= SessionBackoff.longestWait })
    }

    @Test func oneCauseDoesNotMakeTheOthersWaitsLonger() {
        var generator = SeededGenerator(seed: 7)
        var backoff = SessionBackoff()
        for _ in 0..<8 { _ = backoff.next(after: .pooler, members: 1, using: &generator) }
        #expect(backoff.next(after: .connectionLost, members: 1, using: &generator) <= .milliseconds(30))
    }
}
