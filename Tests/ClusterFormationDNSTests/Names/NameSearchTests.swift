import Testing

@testable import ClusterFormationDNS

@Suite struct NameSearchTests {
    private typealias Answer = DNSAnswer<String>

    private static let list = SearchList(domains: ["one", "two"], leastDots: 5)
    private static let whole = Answer.whole(["10.0.0.1"], timeToLive: .seconds(5))

    /// Searches, with answers by candidate; candidates without one do not exist.
    private func run(
        _ search: inout NameSearch<Answer>,
        _ answers: [String: Answer],
        list: SearchList = Self.list
    ) -> (asked: [String], answer: Answer?) {
        var asked: [String] = []
        var step = search.begin(with: list)
        while case .ask(let candidate)? = step {
            asked.append(candidate)
            step = search.received(answers[candidate] ?? .empty(.noName))
        }
        guard case .end(let answer)? = step else { return (asked, nil) }
        return (asked, answer)
    }

    private func search() throws -> NameSearch<Answer> { NameSearch(for: try DomainName("app")) }

    @Test func `candidates are tried in their order until one is found`() throws {
        var search = try self.search()
        let (asked, answer) = self.run(&search, ["app.two": Self.whole])
        #expect(asked == ["app.one", "app.two"])
        #expect(answer == Self.whole)
    }

    @Test func `the candidate that worked is the only one that is asked from then on`() throws {
        var search = try self.search()
        _ = self.run(&search, ["app.two": Self.whole])
        #expect(self.run(&search, ["app.one": Self.whole, "app.two": Self.whole]).asked == ["app.two"])
        let failure = Answer.failed(DNSFailure(.serverFailure))
        #expect(self.run(&search, ["app.one": Self.whole, "app.two": failure]).answer == failure)
        #expect(self.run(&search, ["app.one": Self.whole]).answer == .empty(.noName))
    }

    @Test func `the candidate that worked is forgotten after three empty answers in a row`() throws {
        var search = try self.search()
        _ = self.run(&search, ["app.two": Self.whole])
        for _ in 0..<2 { #expect(self.run(&search, [:]).asked == ["app.two"]) }
        _ = self.run(&search, ["app.two": Self.whole])
        for _ in 0..<3 { #expect(self.run(&search, [:]).asked == ["app.two"]) }
        #expect(self.run(&search, [:]).asked == ["app.one", "app.two", "app"])
    }

    @Test func `another search list is a new beginning`() throws {
        var search = try self.search()
        _ = self.run(&search, ["app.two": Self.whole])
        let other = SearchList(domains: ["three"], leastDots: 5)
        #expect(self.run(&search, [:], list: other).asked == ["app.three", "app"])
    }

    @Test func `a candidate behind one whose server failed is taken, and not remembered`() throws {
        var search = try self.search()
        let failure = Answer.failed(DNSFailure(.serverFailure))
        #expect(self.run(&search, ["app.one": failure, "app.two": Self.whole]).answer == Self.whole)
        #expect(self.run(&search, ["app.one": Self.whole]).asked == ["app.one"])
    }

    @Test func `a name is not empty while a candidate's server fails`() throws {
        var search = try self.search()
        let failure = Answer.failed(DNSFailure(.refused))
        #expect(self.run(&search, ["app.one": failure]).answer == failure)
        #expect(self.run(&search, ["app": failure]).answer == failure)
    }

    @Test func `silence ends a search, since the next question would be as silent`() throws {
        var search = try self.search()
        let silence = Answer.failed(DNSFailure(.timeout))
        let (asked, answer) = self.run(&search, ["app.one": silence, "app.two": Self.whole])
        #expect(asked == ["app.one"])
        #expect(answer == silence)
    }
}
