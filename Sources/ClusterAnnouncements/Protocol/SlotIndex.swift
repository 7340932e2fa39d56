/// Finds records that are kept elsewhere, in numbered slots, by the hash of their key: an open-addressed table of slot
/// numbers with their hashes, eight bytes each.
///
/// It knows no keys; whoever asks compares them, where the hashes are equal. The hash must depend on a secret, since
/// strangers choose the keys.
struct SlotIndex: Sendable {
    private struct Entry: Sendable {
        var slot: UInt32
        var hash: UInt32

        static let empty = Entry(slot: .max, hash: 0)
        var isEmpty: Bool { self.slot == .max }
    }

    private var table: [Entry] = []
    private(set) var count = 0

    private var mask: Int { self.table.count - 1 }

    /// The slot of the record with that hash for which `matches` holds.
    @inline(__always)
    func slot(hash: UInt32, where matches: (Int) -> Bool) -> Int? {
        guard self.count > 0 else { return nil }
        let mask = self.mask
        var position = Int(hash) & mask
        // It ends: the table is never more than three quarters full.
        while true {
            let entry = self.table[position]
            if entry.isEmpty { return nil }
            if entry.hash == hash, matches(Int(entry.slot)) { return Int(entry.slot) }
            position = (position + 1) & mask
        }
    }

    /// Adds a slot that is not in it yet.
    mutating func insert(_ slot: Int, hash: UInt32) {
        if (self.count + 1) * 4 > self.table.count * 3 { self.grow() }
        self.count += 1
        self.place(Entry(slot: UInt32(slot), hash: hash))
    }

    /// Takes a slot out that was added with that hash.
    mutating func remove(_ slot: Int, hash: UInt32) {
        guard self.count > 0 else { return }
        let mask = self.mask
        var hole = Int(hash) & mask
        while self.table[hole].slot != UInt32(slot) {
            guard !self.table[hole].isEmpty else { return }
            hole = (hole + 1) & mask
        }
        self.count -= 1
        // Whoever would no longer be found across the hole moves into it.
        var position = (hole + 1) & mask
        while !self.table[position].isEmpty {
            let home = Int(self.table[position].hash) & mask
            if (position - home) & mask >= (position - hole) & mask {
                self.table[hole] = self.table[position]
                hole = position
            }
            position = (position + 1) & mask
        }
        self.table[hole] = .empty
    }

    private mutating func grow() {
        let entries = self.table
        self.table = Array(repeating: .empty, count: max(16, entries.count * 2))
        for entry in entries where !entry.isEmpty { self.place(entry) }
    }

    private mutating func place(_ entry: Entry) {
        let mask = self.mask
        var position = Int(entry.hash) & mask
        while !self.table[position].isEmpty { position = (position + 1) & mask }
        self.table[position] = entry
    }
}
