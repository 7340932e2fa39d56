import Testing

@testable import ClusterFormation

@Suite struct ListMemoryTests {
    private var memory = ListMemory(grace: .answers(3), emptyAnswers: 3)
    private let failure = LookupError(code: "refused", message: "no")

    private mutating func take(_ answer: Lookup.Answer, at now: Instant = .start) -> [Node]? {
        self.memory.take(Lookup(answer), at: now).nodes
    }

    private mutating func take(_ answers: [String: Lookup.Answer]) -> [Node]? {
        self.memory.take(Lookup(answers: answers), at: .start).nodes
    }

    @Test("A whole answer adds at once, and removes who is missing from three in a row")
    mutating func whole() throws {
        let (one, two) = (try peer(1), try peer(2))
        #expect(self.take(.whole([two, one])) == [one, two])
        #expect(self.take(.whole([one])) == [one, two])
        #expect(self.take(.whole([one])) == [one, two])
        #expect(self.take(.whole([one])) == [one])
    }

    @Test("Who is listed again in between begins anew")
    mutating func listedAgain() throws {
        let (one, two) = (try peer(1), try peer(2))
        _ = self.take(.whole([one, two]))
        for _ in 0..<10 {
            #expect(self.take(.whole([one])) == [one, two])
            #expect(self.take(.whole([one])) == [one, two])
            #expect(self.take(.partial([two], because: nil)) == [one, two])
        }
    }

    @Test("A failure changes nothing, and neither counts nor ends a count")
    mutating func failed() throws {
        let (one, two) = (try peer(1), try peer(2))
        #expect(self.take(.failed(self.failure)) == nil)
        _ = self.take(.whole([one, two]))
        for _ in 0..<10 { #expect(self.take(.failed(self.failure)) == [one, two]) }
        _ = self.take(.whole([one]))
        _ = self.take(.failed(self.failure))
        _ = self.take(.whole([one]))
        #expect(self.take(.failed(self.failure)) == [one, two])
        #expect(self.take(.whole([one])) == [one])
    }

    @Test("A partial answer adds and removes nobody")
    mutating func partial() throws {
        let (one, two) = (try peer(1), try peer(2))
        _ = self.take(.whole([one]))
        for _ in 0..<10 { #expect(self.take(.partial([two], because: self.failure)) == [one, two]) }
        for _ in 0..<10 { #expect(self.take(.partial([], because: self.failure)) == [one, two]) }
    }

    @Test("Emptiness counts when it has repeated itself, and then all of it")
    mutating func empty() throws {
        let one = try peer(1)
        #expect(self.take(.whole([])) == [])
        _ = self.take(.whole([one]))
        for _ in 0..<5 {
            #expect(self.memory.take(Lookup(.whole([])), at: .start).unconfirmed == [""])
            #expect(self.take(.whole([])) == [one])
            #expect(self.take(.partial([one], because: nil)) == [one])
        }
        _ = self.take(.whole([]))
        _ = self.take(.failed(self.failure))
        #expect(self.take(.whole([])) == [one])
        #expect(self.take(.whole([])) == [])
    }

    @Test("Unconfirmed emptiness counts for no peer's absence either")
    mutating func unconfirmedEmptiness() throws {
        let (one, two) = (try peer(1), try peer(2))
        _ = self.take(.whole([one, two]))
        _ = self.take(.whole([]))
        _ = self.take(.whole([]))
        #expect(self.take(.whole([one])) == [one, two])
        #expect(self.take(.whole([one])) == [one, two])
        #expect(self.take(.whole([one])) == [one])
    }

    @Test("A grace in time is over with the first whole answer after it")
    mutating func graceInTime() throws {
        let (one, two) = (try peer(1), try peer(2))
        self.memory = ListMemory(grace: .duration(.seconds(30)), emptyAnswers: 2)
        _ = self.take(.whole([one, two]), at: .seconds(0))
        _ = self.take(.whole([one]), at: .seconds(10))
        #expect(self.take(.whole([one]), at: .seconds(39)) == [one, two])
        #expect(self.take(.failed(self.failure), at: .seconds(60)) == [one, two])
        #expect(self.take(.whole([one]), at: .seconds(61)) == [one])
        _ = self.take(.whole([]), at: .seconds(70))
        #expect(self.take(.whole([]), at: .seconds(99)) == [one])
        #expect(self.take(.whole([]), at: .seconds(100)) == [])
    }

    @Test("Each source keeps its own last good answer")
    mutating func sources() throws {
        let (one, two, three) = (try peer(1), try peer(2), try peer(3))
        #expect(self.take(["a": .whole([one, two]), "b": .whole([two, three])]) == [one, two, three])
        for _ in 0..<5 { _ = self.take(["a": .failed(self.failure), "b": .whole([three])]) }
        #expect(self.take(["a": .failed(self.failure), "b": .whole([three])]) == [one, two, three])
        for _ in 0..<3 { _ = self.take(["a": .whole([one]), "b": .whole([three])]) }
        #expect(self.take(["a": .whole([one]), "b": .whole([three])]) == [one, three])
    }

    @Test("A source that is not asked any more goes as one that is empty")
    mutating func forgottenSource() throws {
        let (one, two) = (try peer(1), try peer(2))
        _ = self.take(["a": .whole([one]), "b": .whole([two])])
        #expect(self.take(["a": .whole([one])]) == [one, two])
        #expect(self.take(["a": .whole([one])]) == [one, two])
        #expect(self.take(["a": .whole([one])]) == [one])
        #expect(self.take([:]) == [one])
        #expect(self.take([:]) == [one])
        #expect(self.take([:]) == [])
    }

    @Test("A restart follows the newest answer, whichever source gave it")
    mutating func restart() throws {
        let (old, new) = (try peer(1, life: 1), try peer(1, life: 2))
        #expect(self.take(.whole([old])) == [old])
        #expect(self.take(.whole([new])) == [new])
        #expect(self.take(.whole([old])) == [old])
        _ = self.take(["a": .whole([new]), "b": .whole([old])])
        #expect(self.take(["a": .failed(self.failure), "b": .whole([old])]) == [old])
        #expect(self.take(["a": .whole([new]), "b": .failed(self.failure)]) == [new])
    }

    @Test("Of an endpoint that is listed twice the same entry is taken, whatever the order")
    mutating func listedTwice() throws {
        let (bare, old, new) = (try peer(1, life: nil), try peer(1, life: 1), try peer(1, life: 2))
        let told = try peer(1, life: 2, metadata: ["zone": "a"])
        for order in [[bare, old, new, told], [told, new, old, bare], [new, told, bare, old]] {
            #expect(self.take(.whole(order)) == [told])
        }
    }

    @Test("A list beyond all bounds is cut off, said, and removes nobody")
    mutating func tooLong() throws {
        let one = try Node(host: "192.0.2.200", port: 7000)
        _ = self.take(.whole([one]))
        let many = try (0..<ListMemory.maximumNodes).map { try Node(host: "10.1.0.1", port: 1 + $0) }
        for _ in 0..<4 {
            let verdict = self.memory.take(Lookup(.whole(many)), at: .start)
            #expect(verdict.nodes?.count == ListMemory.maximumNodes)
            #expect(verdict.nodes?.contains(one) == true)
            #expect(verdict.flaws.map(\.error.code) == ["list_too_long"])
        }
    }
}
