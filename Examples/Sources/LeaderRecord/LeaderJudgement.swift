/// What a record of leaders' work shows, as a value.
///
/// It reads as a storage would that has seen every entry, in order, and that refuses a number which is less than the
/// greatest it has seen. An entry that is refused is told apart by its number; whether it was also rightly late is another
/// matter: only a process that has stood still may be.
package struct LeaderJudgement: Sendable {
    /// What must hold.
    package enum Rule: String, CaseIterable, Sendable {
        case isWhole = "every line of the record is one, and each leader begins with a line of its own"
        case numbersAreUnique = "no two leaders had the same number"
        case numbersGrow = "each leader's number was greater than that of the one before"
        case oneAtATime = "no leader worked on after the next had begun, but for processes that had stood still"
        case inTime = "a new leader began in time"
    }

    package struct Violation: Hashable, Sendable, CustomStringConvertible {
        package var rule: Rule
        package var description: String
    }

    package struct Limits: Sendable {
        /// From which time on a process is said to have stood still, in seconds: less than a leader is given to end.
        package var stillness: Double
        /// How long it may take from when a new leader is due until it begins, in seconds.
        package var bound: Double

        package init(stillness: Double, bound: Double) {
            self.stillness = stillness
            self.bound = bound
        }
    }

    /// The time before one leader began during which nobody led.
    package struct Wait: Hashable, Sendable {
        /// When it began.
        package var end: Double
        /// Since the last work of the one before, in seconds.
        package var sinceWork: Double
        /// Since it was due, in seconds: since then, or since what had kept everybody from leading was over.
        package var sinceDue: Double
    }

    package private(set) var violations: [Violation] = []
    /// How many leaders there were.
    package private(set) var leaders = 0
    /// The time before each of them.
    package private(set) var waits: [Wait] = []
    /// How many entries a storage would have refused, and of how many leaders.
    package private(set) var refused = 0
    package var refusedLeaders: Int { self.late.count }
    /// How long after the begin of the next leader a process wrote that had stood still, at most, in seconds.
    package private(set) var longestOverlap = 0.0

    private let limits: Limits
    private let dueTimes: [Double]
    private var holders: [Int64: LeaderEntry.Holder] = [:]
    private var greatest: (number: Int64, beganAt: Double)?
    /// When the next leader began, for each number that is past.
    private var successions: [Int64: Double] = [:]
    private var late: Set<Int64> = []
    private var lastWork: Double?

    /// - Parameters:
    ///   - entries: The record, in the order in which it was written.
    ///   - unreadable: Its lines that are none.
    ///   - dueTimes: When a leader was due for another reason than that the one before had ended, in order: at the start,
    ///     and whenever what keeps everybody from leading was over.
    ///   - end: When all was over.
    ///   - limits: What counts as standing still, and as in time.
    package init(
        of entries: [LeaderEntry],
        unreadable: [String] = [],
        dueTimes: [Double],
        end: Double,
        limits: Limits
    ) {
        self.limits = limits
        self.dueTimes = dueTimes
        for line in unreadable { self.violate(.isWhole, "this is no line of a record: \(line.prefix(200))") }
        for entry in entries { self.take(entry) }
        let since = self.dueTime(before: end)
        if end - since > limits.bound {
            self.violate(.inTime, "nobody led in the last \(Self.text(end - since))")
        }
    }

    private mutating func take(_ entry: LeaderEntry) {
        let number = entry.number
        switch (self.holders[number], entry.act) {
        case (let holder?, _) where holder != entry.holder:
            return self.violate(.numbersAreUnique, "\(holder) and \(entry.holder) had the number \(number)")
        case (.some, .begins):
            return self.violate(.numbersAreUnique, "\(entry.holder) began twice with the number \(number)")
        case (nil, .works), (nil, .ends):
            self.violate(.isWhole, "\(entry.holder) had the number \(number) without having begun")
        case (.some, .works), (.some, .ends), (nil, .begins):
            break
        }
        self.holders[number] = entry.holder
        guard let greatest = self.greatest else { return self.begin(entry) }
        if number > greatest.number {
            self.successions[greatest.number] = entry.time
            self.begin(entry)
        } else if number < greatest.number {
            self.refuse(entry, after: greatest)
        } else {
            self.lastWork = entry.time
        }
    }

    private mutating func begin(_ entry: LeaderEntry) {
        let due = self.dueTime(before: entry.time)
        let wait = Wait(
            end: entry.time,
            sinceWork: entry.time - (self.lastWork ?? due),
            sinceDue: max(0, entry.time - due)
        )
        self.waits.append(wait)
        if wait.sinceDue > self.limits.bound {
            self.violate(.inTime, "\(entry.holder) began \(Self.text(wait.sinceDue)) after a leader was due")
        }
        self.leaders += 1
        self.greatest = (entry.number, entry.time)
        self.lastWork = entry.time
    }

    private mutating func refuse(_ entry: LeaderEntry, after greatest: (number: Int64, beganAt: Double)) {
        self.refused += 1
        self.late.insert(entry.number)
        let overlap = entry.time - (self.successions[entry.number] ?? greatest.beganAt)
        let hasStoodStill = entry.stoodStill >= self.limits.stillness
        // It looked at the clock before the next one began, and stood still before it wrote.
        guard !hasStoodStill, overlap > 0 else {
            self.longestOverlap = max(self.longestOverlap, overlap)
            return
        }
        // Once for each leader; what follows tells nothing new.
        let rule: Rule = self.successions[entry.number] == nil ? .numbersGrow : .oneAtATime
        let text = "\(entry.holder) wrote with \(entry.number) after \(greatest.number) had begun"
        guard !self.violations.contains(where: { $0.rule == rule && $0.description.hasPrefix(text) }) else { return }
        self.violate(rule, "\(text), \(Self.text(overlap)) after its own time")
    }

    /// Since when a leader is due that has not begun by a moment.
    private func dueTime(before time: Double) -> Double {
        let due = self.dueTimes.last { $0 <= time }
        return max(self.lastWork ?? -.infinity, due ?? -.infinity)
    }

    private mutating func violate(_ rule: Rule, _ description: String) {
        self.violations.append(Violation(rule: rule, description: description))
    }

    private static func text(_ seconds: Double) -> String { "\(Int((seconds * 1_000).rounded())) ms" }
}
