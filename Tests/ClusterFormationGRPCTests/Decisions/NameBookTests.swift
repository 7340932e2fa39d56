#if GRPC
    import ClusterFormation
    import Testing

    @testable import ClusterFormationGRPC

    final class NameBookTests {
        private var book = NameBook(pace: ResolutionPace())

        private func due(at now: Instant) -> [String] { self.book.takeDue(at: now) }

        private func resolved(_ name: String, to addresses: [String]?, at now: Instant) -> Bool {
            self.book.resolved(name, to: addresses, at: now)
        }

        private func at(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }

        @Test func `a new name is due at once, once, and again after the interval`() {
            self.book.keep(["one"], at: self.at(5))
            #expect(self.due(at: self.at(5)) == ["one"])
            #expect(self.due(at: self.at(100)) == [])
            #expect(self.book.deadline == nil)
            #expect(self.resolved("one", to: ["10.0.0.1"], at: self.at(100)))
            #expect(self.book.deadline == self.at(130))
            #expect(self.due(at: self.at(129)) == [])
            #expect(self.due(at: self.at(130)) == ["one"])
        }

        @Test func `a failure leaves what was known, and is asked again ever later`() {
            self.book.keep(["one"], at: self.at(0))
            _ = self.due(at: self.at(0))
            _ = self.resolved("one", to: ["10.0.0.1"], at: self.at(0))
            var now = 30.0
            for wait in [1.0, 2, 4, 8, 16, 30, 30] {
                #expect(self.due(at: self.at(now)) == ["one"])
                let answer: [String]? = wait == 2 ? [] : nil
                #expect(!self.resolved("one", to: answer, at: self.at(now)))
                now += wait
                #expect(self.book.deadline == self.at(now))
            }
            #expect(self.book.addresses(of: "one") == ["10.0.0.1"])
        }

        @Test func `another order of addresses is no change, another address is`() {
            self.book.keep(["one"], at: self.at(0))
            for (answer, changes) in [(["a", "b"], true), (["b", "a"], false), (["b"], true)] {
                _ = self.due(at: self.at(1_000))
                #expect(self.resolved("one", to: answer, at: self.at(0)) == changes)
            }
            #expect(self.book.addresses(of: "one") == ["b"])
        }

        @Test func `a name in doubt is asked again at once, after the answer that is under way`() {
            self.book.keep(["one"], at: self.at(0))
            _ = self.due(at: self.at(0))
            self.book.doubt("one", at: self.at(1))
            #expect(self.due(at: self.at(1)) == [])
            _ = self.resolved("one", to: ["a"], at: self.at(2))
            #expect(self.due(at: self.at(2)) == ["one"])
            _ = self.resolved("one", to: ["a"], at: self.at(3))
            self.book.doubt("one", at: self.at(4))
            #expect(self.due(at: self.at(4)) == ["one"])
        }

        @Test func `a name that is no longer needed is forgotten, with a late answer`() {
            self.book.keep(["one", "two"], at: self.at(0))
            #expect(self.due(at: self.at(0)) == ["one", "two"])
            self.book.keep(["two"], at: self.at(1))
            #expect(!self.resolved("one", to: ["a"], at: self.at(2)))
            #expect(self.book.addresses(of: "one") == nil)
        }

        @Test func `a name has so many addresses at most`() {
            self.book.keep(["one"], at: self.at(0))
            _ = self.due(at: self.at(0))
            _ = self.resolved("one", to: (0..<100).map { "10.0.0.\($0)" }, at: self.at(0))
            #expect(self.book.addresses(of: "one")?.count == NameBook.maximumAddresses)
        }
    }
#endif
