import Testing

@testable import ClusterFormation

@Suite struct LineBudgetTests {
    @Test("Some lines at once, then one a second; what was left out is told with the next line")
    func budget() {
        var budget = LineBudget()
        let first = (0..<200).map { _ in budget.take(at: .start) }
        #expect(first.count { $0.isAllowed } == LineBudget.burst)
        let second = budget.take(at: .seconds(1))
        #expect(second.isAllowed)
        #expect(second.suppressed == 200 - LineBudget.burst)
        #expect(!budget.take(at: .seconds(1.9)).isAllowed)
        let third = budget.take(at: .seconds(2))
        #expect(third.isAllowed && third.suppressed == 1)
    }

    @Test("After a quiet while there are as many as at first, and no more")
    func refill() {
        var budget = LineBudget()
        for _ in 0..<200 { _ = budget.take(at: .start) }
        #expect((0..<200).count { _ in budget.take(at: .seconds(1_000_000)).isAllowed } == LineBudget.burst)
    }
}
