import Synchronization

/// What was measured, and which expectations were met.
final class Summary: Sendable {
    private struct State {
        var rows: [(what: String, value: String)] = []
        var passed = 0
        var failures: [String] = []
    }

    private let state = Mutex(State())

    var hasFailed: Bool { self.state.withLock { !$0.failures.isEmpty } }

    func add(_ what: String, _ value: String) {
        self.state.withLock { $0.rows.append((what, value)) }
    }

    func count(_ expectation: String, isMet: Bool) {
        self.state.withLock { state in
            if isMet { state.passed += 1 } else { state.failures.append(expectation) }
        }
    }

    func print(on screen: Screen) {
        let state = self.state.withLock { ($0.rows, $0.passed, $0.failures) }
        let (rows, passed, failures) = state
        screen.heading("Summary")
        let width = rows.map(\.what.count).max() ?? 0
        let valueWidth = rows.map(\.value.count).max() ?? 0
        for row in rows {
            let gap = String(repeating: " ", count: width - row.what.count + valueWidth - row.value.count + 3)
            screen.note(row.what + gap + row.value)
        }
        screen.raw("")
        if failures.isEmpty {
            screen.verdict("All \(passed) expectations were met.", isGood: true)
        } else {
            screen.verdict("\(failures.count) of \(passed + failures.count) expectations were not met:", isGood: false)
            for failure in failures { screen.failed(failure) }
        }
    }
}
