import Testing

@testable import LibPQ

struct StatementQueueTests {
    private func statement(_ id: Statement.ID) -> Statement {
        Statement(id: id, sql: "", parameters: [], timeout: nil)
    }

    @Test func `Statements leave in the order of their coming, however many have left`() {
        var queue = StatementQueue()
        var expected: Statement.ID = 0
        for id in 0..<1_000 {
            queue.append(self.statement(Statement.ID(id)))
            if id % 3 != 0 {
                #expect(queue.popFirst()?.id == expected)
                expected += 1
            }
        }
        while let next = queue.popFirst() {
            #expect(next.id == expected)
            expected += 1
        }
        #expect(expected == 1_000)
        #expect(queue.isEmpty)
    }

    @Test func `One can be taken from the middle, once`() {
        var queue = StatementQueue()
        for id in 1...3 { queue.append(self.statement(Statement.ID(id))) }
        _ = queue.popFirst()
        #expect(queue.remove(1) == nil)
        #expect(queue.remove(2)?.id == 2)
        #expect(queue.remove(2) == nil)
        #expect(queue.removeAll().map(\.id) == [3])
        #expect(queue.isEmpty)
    }
}
