/// How many calls of a second each server has answered.
struct Tally: Equatable {
    var answers: [String: Int] = [:]
    var failures = 0
    var firstFailure: String?

    /// A line for people and programs, such as `3 s  50 calls, 0 failed: one 25, two 25`; a second one says why calls failed.
    func lines(second: Int) -> [String] {
        let names = self.answers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let calls = self.answers.values.reduce(0, +) + self.failures
        let line = "\(second) s  \(calls) calls, \(self.failures) failed: \(names.joined(separator: ", "))"
        return [line] + (self.firstFailure.map { ["   failed: \($0)"] } ?? [])
    }

    /// Reads such a line; nil for any other one.
    init?(line: String) {
        guard let match = line.wholeMatch(of: /\d+ s  \d+ calls, (\d+) failed: (.*)/) else { return nil }
        self.failures = Int(match.1) ?? 0
        for part in match.2.split(separator: ", ") {
            guard let space = part.lastIndex(of: " "), let count = Int(part[space...].dropFirst()) else { return nil }
            self.answers[String(part[..<space])] = count
        }
    }

    init() {}
}
