/// Deadlines in their order, each with a value.
///
/// There are about as many as connections, so a sorted array is enough.
package struct TimerQueue<Value> {
    /// Names one deadline, to cancel it.
    package struct ID: Hashable, Comparable, Sendable {
        fileprivate let deadline: ContinuousClock.Instant
        fileprivate let number: UInt64

        package static func < (lhs: ID, rhs: ID) -> Bool {
            (lhs.deadline, lhs.number) < (rhs.deadline, rhs.number)
        }
    }

    private var entries: [(id: ID, value: Value)] = []
    private var count: UInt64 = 0

    /// The earliest deadline.
    var next: ContinuousClock.Instant? { self.entries.first?.id.deadline }

    mutating func insert(_ value: Value, at deadline: ContinuousClock.Instant) -> ID {
        self.count += 1
        let id = ID(deadline: deadline, number: self.count)
        self.entries.insert((id, value), at: self.position(of: id))
        return id
    }

    /// Takes a deadline out; one that has passed is out already.
    mutating func remove(_ id: ID) {
        let position = self.position(of: id)
        guard position < self.entries.count, self.entries[position].id == id else { return }
        self.entries.remove(at: position)
    }

    /// Takes the earliest deadline out if it has come.
    mutating func popDue(at now: ContinuousClock.Instant) -> Value? {
        guard let first = self.entries.first, first.id.deadline <= now else { return nil }
        return self.entries.removeFirst().value
    }

    /// The first position whose id is not less than `id`.
    private func position(of id: ID) -> Int {
        var low = 0
        var high = self.entries.count
        while low < high {
            let middle = (low + high) / 2
            if self.entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
