/// What is to happen, earliest first; of what happens at the same moment, what was put in first.
struct EventQueue<Event> {
    private struct Entry {
        var at: Int64
        var order: UInt64
        var event: Event

        func precedes(_ other: Entry) -> Bool {
            (self.at, self.order) < (other.at, other.order)
        }
    }

    /// A binary heap.
    private var entries: [Entry] = []
    private var order: UInt64 = 0

    /// The moment of the earliest, in nanoseconds.
    var nextMoment: Int64? { self.entries.first?.at }

    mutating func insert(_ event: Event, at moment: Int64) {
        self.order += 1
        let entry = Entry(at: moment, order: self.order, event: event)
        self.entries.append(entry)
        var index = self.entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.precedes(self.entries[parent]) else { break }
            self.entries[index] = self.entries[parent]
            index = parent
        }
        self.entries[index] = entry
    }

    mutating func popFirst() -> (event: Event, at: Int64)? {
        guard let first = self.entries.first, let last = self.entries.popLast() else { return nil }
        guard !self.entries.isEmpty else { return (first.event, first.at) }
        var index = 0
        while true {
            var child = index * 2 + 1
            guard child < self.entries.count else { break }
            if child + 1 < self.entries.count, self.entries[child + 1].precedes(self.entries[child]) { child += 1 }
            guard self.entries[child].precedes(last) else { break }
            self.entries[index] = self.entries[child]
            index = child
        }
        self.entries[index] = last
        return (first.event, first.at)
    }
}
