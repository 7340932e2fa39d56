import Testing

@testable import ClusterFormation

@Suite struct ConnectBudgetTests {
    /// How many are dialled by one that dials whenever it may, between two moments.
    private func count(_ budget: inout ConnectBudget, from start: Double, to end: Double) -> Int {
        var count = 0
        var now = Instant.seconds(start)
        while now <= .seconds(end) {
            if budget.allows(at: now) {
                budget.spend(at: now)
                count += 1
            } else if let next = budget.next {
                now = next
            }
        }
        return count
    }

    @Test("So many at once, and so many a second after that")
    func pace() {
        var budget = ConnectBudget(perSecond: 10, atOnce: 4)
        #expect(self.count(&budget, from: 0, to: 0) == 4)
        #expect(self.count(&budget, from: 0, to: 10) == 100)
        #expect(!budget.allows(at: .seconds(10)))
    }

    @Test("What was not used comes back, and no more than that")
    func refill() {
        var budget = ConnectBudget(perSecond: 10, atOnce: 4)
        #expect(self.count(&budget, from: 0, to: 0) == 4)
        #expect(self.count(&budget, from: 0.15, to: 0.15) == 1)
        #expect(self.count(&budget, from: 3_600, to: 3_600) == 4)
    }
}
