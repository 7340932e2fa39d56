/// Tells the links that were lost with one of their ends from those that nothing explains.
struct LinkLedger {
    /// For each process, the times during which, and shortly after which, its links may break.
    private var disturbances: [String: [ClosedRange<Double>]] = [:]
    /// Since when a process is disturbed that has not settled yet.
    private var open: [String: Double] = [:]
    /// How many losses of each process's present life have been judged.
    private var judged: [String: (launchedAt: Double, count: Int)] = [:]
    private(set) var explainedCount = 0
    private(set) var unexplainedCount = 0

    mutating func disturb(_ name: String, from time: Double) {
        self.open[name] = min(self.open[name] ?? time, time)
    }

    /// The time in which the others may still find out that a process stood still.
    private static let grace = 15.0

    /// All are whole: soon after this no loss is excused.
    mutating func settle(at time: Double) {
        for (name, start) in self.open { self.disturbances[name, default: []].append(start...(time + Self.grace)) }
        self.open = [:]
    }

    /// The losses since the last time that nothing explains.
    mutating func judge(_ views: Board.Views) -> [String] {
        var unexplained: [String] = []
        for (name, view) in views {
            let seen = self.judged[name].flatMap { $0.launchedAt == view.launchedAt ? $0.count : nil } ?? 0
            for loss in view.losses.dropFirst(seen) {
                if self.isDisturbed(name, at: loss.time) || self.isDisturbed(loss.peer, at: loss.time) {
                    self.explainedCount += 1
                } else {
                    self.unexplainedCount += 1
                    unexplained.append("\(name) lost its link to \(loss.peer) while both lived: \(loss.reason)")
                }
            }
            self.judged[name] = (view.launchedAt, view.losses.count)
        }
        return unexplained
    }

    private func isDisturbed(_ name: String, at time: Double) -> Bool {
        if let start = self.open[name], time >= start { return true }
        return self.disturbances[name, default: []].contains { $0.contains(time) }
    }
}
