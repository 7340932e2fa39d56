#if Multicast
    import ClusterFormation
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct AllowanceTests {
        private func at(_ milliseconds: Int) -> Instant { Instant(sinceStart: .milliseconds(milliseconds)) }

        @Test func soMuchIsTakenAtOnceAndThenSoMuchASecond() {
            var allowance = Allowance(atOnce: 10, perSecond: 100, at: .start)
            #expect((0..<20).count { _ in allowance.take(at: .start) } == 10)
            #expect((0..<20).count { _ in allowance.take(at: self.at(50)) } == 5)
            // However long nothing is taken, no more is saved up.
            #expect((0..<20).count { _ in allowance.take(at: self.at(60_000)) } == 10)
        }

        @Test func whatIsReservedWaitsItsTurn() {
            var allowance = Allowance(atOnce: 2, perSecond: 100, at: .start)
            let waits = (0..<4).map { _ in allowance.reserve(at: .start) }
            #expect(waits == [.zero, .zero, .milliseconds(10), .milliseconds(20)])
            #expect(allowance.reserve(at: self.at(1_000)) == .zero)
        }

        @Test func aClockThatStandsStillOrGoesBackGivesNothing() {
            var allowance = Allowance(atOnce: 1, perSecond: 1_000, at: self.at(100))
            #expect(allowance.take(at: self.at(100)) == true)
            #expect(allowance.take(at: self.at(50)) == false)
            #expect(allowance.take(at: self.at(100)) == false)
        }
    }
#endif
