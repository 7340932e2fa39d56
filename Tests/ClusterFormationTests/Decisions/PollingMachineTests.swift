import Testing

@testable import ClusterFormation

@Suite struct PollingMachineTests {
    private var machine = PollingMachine(configuration: PollingConfiguration(), seed: 1, at: .start)
    private let failure = LookupError(code: "refused", message: "no")

    /// The wait that follows.
    private mutating func wait(after outcome: PollingMachine.Outcome) -> Duration {
        _ = self.machine.ended(outcome, at: .start)
        return Instant.start.duration(to: self.machine.nextLookup)
    }

    private mutating func conditions(after outcome: PollingMachine.Outcome) -> [StrategyCondition] {
        self.machine.ended(outcome, at: .start).conditions
    }

    private func isAround(_ seconds: Double, _ wait: Duration) -> Bool {
        (.seconds(seconds * 0.8)...(.seconds(seconds * 1.2))).contains(wait)
    }

    @Test("The first look-up is made at once, the others once an interval, give or take a fifth")
    mutating func interval() throws {
        #expect(self.machine.nextLookup == .start)
        let one = try peer(1)
        let waits = (0..<100).map { _ in self.wait(after: .answered(Lookup(.whole([one])))) }
        #expect(waits.allSatisfy { self.isAround(5, $0) })
        #expect(Set(waits).count > 90)
        #expect(waits.max() ?? .zero > .seconds(5.5))
        #expect(waits.min() ?? .zero < .seconds(4.5))
    }

    @Test("Failures are waited out ever longer, up to half a minute, and an answer ends that")
    mutating func backoff() throws {
        for seconds in [1.0, 2, 4, 8, 16, 30, 30, 30] {
            let wait = self.wait(after: seconds == 4 ? .overdue : .failed(self.failure))
            #expect(self.isAround(seconds, wait), "\(seconds): \(wait)")
        }
        #expect(self.isAround(5, self.wait(after: .answered(Lookup(.whole([try peer(1)]))))))
        #expect(self.isAround(1, self.wait(after: .answered(Lookup(.failed(self.failure))))))
        #expect(self.isAround(2, self.wait(after: .failed(self.failure))))
    }

    @Test("Nothing overflows in an outage of years")
    mutating func longOutage() {
        for _ in 0..<1_000 { #expect(self.wait(after: .failed(self.failure)) <= .seconds(36)) }
    }

    @Test("A time-to-live is heeded between the interval and half a minute")
    mutating func timeToLive() throws {
        let one = try peer(1)
        for (seconds, expected) in [(0.0, 5.0), (3, 5), (12, 12), (30, 30), (3600, 30)] {
            let lookup = Lookup(.whole([one]), timeToLive: .seconds(seconds))
            #expect(self.isAround(expected, self.wait(after: .answered(lookup))), "\(seconds)")
        }
        let flawed = Lookup(.partial([one], because: self.failure), timeToLive: .seconds(30))
        #expect(self.isAround(5, self.wait(after: .answered(flawed))))
    }

    @Test("An interval beyond half a minute is the longest wait itself")
    mutating func longInterval() throws {
        var configuration = PollingConfiguration()
        configuration.interval = .seconds(60)
        self.machine = PollingMachine(configuration: configuration, seed: 2, at: .start)
        #expect(self.isAround(60, self.wait(after: .answered(Lookup(.whole([try peer(1)]), timeToLive: .seconds(90))))))
        for _ in 0..<6 { _ = self.wait(after: .failed(self.failure)) }
        #expect(self.isAround(60, self.wait(after: .failed(self.failure))))
    }

    @Test("A failure is reported with its code and without a list, a deadline as one")
    mutating func failures() throws {
        let report = self.machine.ended(.failed(self.failure), at: .start)
        #expect(report.conditions == [.impaired(code: "refused", message: "no")])
        #expect(report.nodes == nil)
        #expect(self.conditions(after: .overdue).map(\.code) == ["timeout"])
        #expect(self.conditions(after: .answered(Lookup(.failed(self.failure)))).map(\.code) == ["refused"])
    }

    @Test("Emptiness that is not believed yet is a condition, believed emptiness a note")
    mutating func emptiness() throws {
        #expect(self.conditions(after: .answered(Lookup(.whole([])))).map(\.state) == [.active])
        #expect(self.conditions(after: .answered(Lookup(.whole([try peer(1)])))) == [.active])
        #expect(self.conditions(after: .answered(Lookup(.whole([])))).map(\.code) == ["empty_unconfirmed"])
        #expect(self.conditions(after: .answered(Lookup(.whole([])))).map(\.code) == ["empty_unconfirmed"])
        let believed = self.conditions(after: .answered(Lookup(.whole([]))))
        #expect(believed == [.active(note: "Nobody is listed.")])
    }

    @Test("One source that fails is named, and the others' answer is the proof that a node waits for to be ready")
    mutating func oneOfSeveral() throws {
        let one = try peer(1)
        let lookup = Lookup(answers: ["a": .whole([one]), "b": .failed(self.failure), "c": .failed(self.failure)])
        let report = self.machine.ended(.answered(lookup), at: .start)
        let impaired = StrategyCondition.impaired(code: "refused", message: "b: no (and 1 more)")
        #expect(report.conditions == [.active, impaired])
        #expect(report.nodes == [one])
        #expect(self.conditions(after: .answered(lookup)) == [impaired])
    }

    @Test("A stranger's error becomes a condition that fits into a log and a metric")
    func errors() {
        struct Odd: Error, CustomStringConvertible { var description: String { "line\nbreak" } }
        #expect(LookupError(Odd()) == LookupError(code: "lookup_failed", message: "line break"))
        #expect(LookupError(LookupError(code: "forbidden", message: "a\u{7}b")).code == "forbidden")
        for code in ["", "Forbidden", "a b", "é", String(repeating: "x", count: 65)] {
            #expect(LookupError(LookupError(code: code, message: "m")).code == "lookup_failed")
        }
    }
}
