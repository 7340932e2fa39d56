#if Multicast
    import ClusterFormation
    import Testing

    @testable import ClusterFormationMulticast

    @Suite struct DuplicateFilterTests {
        private func at(_ milliseconds: Int) -> Instant { Instant(sinceStart: .milliseconds(milliseconds)) }

        @Test func theSameDatagramIsTakenOnceHoweverOftenItComes() {
            var filter = DuplicateFilter()
            #expect(filter.isNew(1, at: self.at(0)) == true)
            for moment in stride(from: 1, to: 2_000, by: 100) { #expect(filter.isNew(1, at: self.at(moment)) == false) }
            #expect(filter.isNew(2, at: self.at(2_000)) == true)
        }

        @Test func aSpanIsRememberedAcrossItsEnd() {
            var filter = DuplicateFilter()
            #expect(filter.isNew(1, at: self.at(1_999)) == true)
            #expect(filter.isNew(2, at: self.at(2_001)) == true)
            #expect(filter.isNew(1, at: self.at(3_900)) == false)
        }

        @Test func afterALongSilenceNothingIsRemembered() {
            var filter = DuplicateFilter()
            #expect(filter.isNew(1, at: self.at(0)) == true)
            #expect(filter.isNew(1, at: self.at(10_000)) == true)
        }

        @Test func aFloodDoesNotMakeItGrow() {
            var filter = DuplicateFilter()
            for number in 0..<100_000 { #expect(filter.isNew(number, at: self.at(1)) == true) }
            let sets = Mirror(reflecting: filter).children.compactMap { $0.value as? Set<Int> }
            #expect(sets.count == 2 && sets.allSatisfy { $0.count <= DuplicateFilter.capacity })
            // What came a moment ago is known all the same.
            #expect(filter.isNew(99_999, at: self.at(1)) == false)
        }
    }
#endif
