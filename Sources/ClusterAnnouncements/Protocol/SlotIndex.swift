/// Finds records that are kept elsewhere, in numbered slots, by the hash of their key: an open-addressed table of slot
/// numbers, four bytes each.
///
/// It knows no keys; whoever asks compares them. The hash must depend on a secret, since strangers choose the keys.
struct SlotIndex: Sendable {
    private static let empty = UInt32.max

    private var table: [UInt32] = []
    private(set) var count = 0

    private var mask: Int { self.table.count - 1 }

    /// The slot of the record with that hash for which `matches` holds.
    @inline(__always)
    func slot(hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        guard self.count > 0 else { return nil }
        let mask = self.mask
        var position = Int(truncatingIfNeeded: hash) & mask
        // It ends: the table is never more than three quarters full.
        while self.table[position] != Self.empty {
            let slot = Int(self.table[position])
            if matches(slot) { return slot }
            position = (position + 1) & mask
        }
        return nil
    }

    /// Adds a slot that is not in it yet; `hashOf` gives the hash of each slot.
    mutating func insert(_ slot: Int, hashOf: (Int) -> UInt64) {
        if (self.count + 1) * 4 > self.table.count * 3 { self.grow(hashOf: hashOf) }
        self.count += 1
        self.place(UInt32(slot), hash: hashOf(slot))
    }

    /// Takes a slot out, while its record still has the key that it was added with.
    mutating func remove(_ slot: Int, hashOf: (Int) -> UInt64) {
        guard self.count > 0 else { return }
        let mask = self.mask
        var hole = Int(truncatingIfNeeded: hashOf(slot)) & mask
        while self.table[hole] != UInt32(slot) {
            guard self.table[hole] != Self.empty else { return }
            hole = (hole + 1) & mask
        }
        self.count -= 1
        // Whoever would no longer be found across the hole moves into it.
        var position = (hole + 1) & mask
        while self.table[position] != Self.empty {
            let home = Int(truncatingIfNeeded: hashOf(Int(self.table[position]))) & mask
            if (position - home) & mask >= (position - hole) & mask {
                self.table[hole] = self.table[position]
                hole = position
            }
            position = (position + 1) & mask
        }
        self.table[hole] = Self.empty
    }

    private mutating func grow(hashOf: (Int) -> UInt64) {
        let slots = self.table
        self.table = Array(repeating: Self.empty, count: max(16, slots.count * 2))
        for slot in slots where slot != Self.empty { self.place(slot, hash: hashOf(Int(slot))) }
    }

    private mutating func place(_ slot: UInt32, hash: UInt64) {
        let mask = self.mask
        var position = Int(truncatingIfNeeded: hash) & mask
        while self.table[position] != Self.empty { position = (position + 1) & mask }
        self.table[position] = slot
    }
}
