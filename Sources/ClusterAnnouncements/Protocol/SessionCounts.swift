/// How many peers announce themselves from each session of the server: an open-addressed table by process id.
///
/// The server chooses the ids, so their hash needs no secret.
struct SessionCounts: Sendable {
    private struct Entry: Sendable {
        var processID: Int32
        /// 0 where the place is empty.
        var count: Int32

        static let empty = Entry(processID: 0, count: 0)
    }

    private var table: [Entry] = []
    private var used = 0

    private var mask: Int { self.table.count - 1 }

    subscript(processID: Int32) -> Int {
        self.table.isEmpty ? 0 : Int(self.table[self.position(of: processID)].count)
    }

    mutating func add(_ processID: Int32) {
        if (self.used + 1) * 4 > self.table.count * 3 { self.grow() }
        let position = self.position(of: processID)
        if self.table[position].count == 0 { self.used += 1 }
        self.table[position] = Entry(processID: processID, count: self.table[position].count + 1)
    }

    mutating func remove(_ processID: Int32) {
        guard !self.table.isEmpty else { return }
        var hole = self.position(of: processID)
        guard self.table[hole].count <= 1 else {
            self.table[hole].count -= 1
            return
        }
        guard self.table[hole].count == 1 else { return }
        self.used -= 1
        // Whoever would no longer be found across the hole moves into it.
        var position = (hole + 1) & self.mask
        while self.table[position].count > 0 {
            let home = self.home(of: self.table[position].processID)
            if (position - home) & self.mask >= (position - hole) & self.mask {
                self.table[hole] = self.table[position]
                hole = position
            }
            position = (position + 1) & self.mask
        }
        self.table[hole] = .empty
    }

    /// Where a session is counted, or would be; the table is never more than three quarters full.
    private func position(of processID: Int32) -> Int {
        var position = self.home(of: processID)
        while self.table[position].count > 0, self.table[position].processID != processID {
            position = (position + 1) & self.mask
        }
        return position
    }

    /// Ids follow each other, often by a fixed distance: the multiplication scatters them.
    private func home(of processID: Int32) -> Int {
        Int(truncatingIfNeeded: (UInt64(UInt32(bitPattern: processID)) &* 0x9e37_79b9_7f4a_7c15) >> 32) & self.mask
    }

    private mutating func grow() {
        let entries = self.table
        self.table = Array(repeating: .empty, count: max(16, entries.count * 2))
        for entry in entries where entry.count > 0 { self.table[self.position(of: entry.processID)] = entry }
    }
}
