/// Values by deadline; those of one deadline in the order in which they came.
struct TimerQueue<Deadline: Comparable & Sendable, Value: Sendable>: Sendable {
    struct Entry: Sendable {
        var deadline: Deadline
        var id: UInt64
        var value: Value
    }

    /// The latest first, so that the next one is taken from the end.
    private var entries: [Entry] = []
    private var deadlines: [UInt64: Deadline] = [:]

    var count: Int { self.entries.count }
    var first: Entry? { self.entries.last }

    /// Takes up a value.
    ///
    /// Its id must be greater than every one before.
    mutating func insert(_ value: Value, id: UInt64, deadline: Deadline) {
        self.entries.insert(Entry(deadline: deadline, id: id, value: value), at: self.position(of: deadline, id))
        self.deadlines[id] = deadline
    }

    mutating func remove(id: UInt64) -> Value? {
        guard let deadline = self.deadlines.removeValue(forKey: id) else { return nil }
        return self.entries.remove(at: self.position(of: deadline, id)).value
    }

    mutating func removeAll(through moment: Deadline) -> [Value] {
        var removed: [Value] = []
        while let entry = self.entries.last, entry.deadline <= moment {
            self.entries.removeLast()
            self.deadlines[entry.id] = nil
            removed.append(entry.value)
        }
        return removed
    }

    /// Where the entry is, or would be: behind all that wake after it.
    private func position(of deadline: Deadline, _ id: UInt64) -> Int {
        var (low, high) = (0, self.entries.count)
        while low < high {
            let middle = (low + high) / 2
            let entry = self.entries[middle]
            if (entry.deadline, entry.id) > (deadline, id) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
