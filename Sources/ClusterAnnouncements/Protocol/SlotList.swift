/// A doubly linked list through the slots of a ``PeerTable``: the order in which peers came, at no allocation a peer.
struct SlotList: Sendable {
    /// What a peer keeps for the list that it is in.
    struct Links: Sendable {
        fileprivate var previous = SlotList.none
        fileprivate var next = SlotList.none
    }

    fileprivate static let none = UInt32.max

    private var head = SlotList.none
    private var tail = SlotList.none

    var first: Int? { self.head == Self.none ? nil : Int(self.head) }

    mutating func append(_ slot: Int, in slots: inout ChunkedArray<PeerTable.Peer>) {
        slots[slot].links = Links(previous: self.tail, next: Self.none)
        if self.tail == Self.none {
            self.head = UInt32(slot)
        } else {
            slots[Int(self.tail)].links.next = UInt32(slot)
        }
        self.tail = UInt32(slot)
    }

    mutating func remove(_ slot: Int, in slots: inout ChunkedArray<PeerTable.Peer>) {
        let removed = slots[slot].links
        if removed.previous == Self.none {
            self.head = removed.next
        } else {
            slots[Int(removed.previous)].links.next = removed.next
        }
        if removed.next == Self.none {
            self.tail = removed.previous
        } else {
            slots[Int(removed.next)].links.previous = removed.previous
        }
        slots[slot].links = Links()
    }
}
