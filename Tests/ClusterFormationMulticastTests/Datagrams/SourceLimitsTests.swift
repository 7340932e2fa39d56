#if Multicast
    import ClusterFormation
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct SourceLimitsTests {
        private func at(_ milliseconds: Int) -> Instant { Instant(sinceStart: .milliseconds(milliseconds)) }

        @Test func oneThatFloodsKeepsNobodyElseOut() {
            var limits = SourceLimits(at: .start)
            let taken = (0..<100_000).count { _ in limits.admits("198.51.100.1", at: .start) }
            #expect(taken == SourceLimits.atOnce)
            #expect(limits.admits("198.51.100.2", at: .start) == true)
        }

        @Test func aFloodOfForgedAddressesIsBoundedAndForgotten() {
            var limits = SourceLimits(at: .start)
            let taken = (0..<100_000).count { limits.admits("source \($0)", at: .start) }
            #expect(taken == SourceLimits.capacity + SourceLimits.atOnce)
            // Those that were heard before keep what they had.
            #expect(limits.admits("source 7", at: self.at(1)) == true)
            #expect(limits.admits("198.51.100.2", at: self.at(2_000)) == true)
        }
    }
#endif
