internal import HeapModule

/// When the calls and the waits of a ``Reconciler`` end at the latest.
///
/// One that no longer holds is found out when it comes up, or when there are many and they are swept.
struct ReconcilerDeadlines: Sendable {
    enum Subject: Sendable {
        case connect(Reconciler.ConnectID)
        case disconnect(Reconciler.ConnectID)
        /// A peer waits to be dialled again.
        case wait(Endpoint)
    }

    struct Deadline: Comparable, Sendable {
        var at: Instant
        var subject: Subject

        static func < (lhs: Deadline, rhs: Deadline) -> Bool { lhs.at < rhs.at }
        static func == (lhs: Deadline, rhs: Deadline) -> Bool { lhs.at == rhs.at }
    }

    private var heap = Heap<Deadline>()
    private var limit = ReconcilerDeadlines.smallestLimit

    private static let smallestLimit = 1_024

    var next: Instant? { self.heap.min?.at }
    var count: Int { self.heap.count }

    /// Whether it is time for a sweep; as many again may come before the next one, so that it costs little for each.
    var isFull: Bool { self.heap.count > self.limit }

    mutating func insert(_ deadline: Deadline) {
        self.heap.insert(deadline)
    }

    /// The earliest one that has passed, once.
    mutating func pop(at now: Instant) -> Deadline? {
        guard let deadline = self.heap.min, deadline.at <= now else { return nil }
        return self.heap.removeMin()
    }

    /// Forgets those that no longer hold.
    mutating func sweep(holds: (Deadline) -> Bool) {
        self.heap = Heap(self.heap.unordered.filter(holds))
        self.limit = max(Self.smallestLimit, self.heap.count * 2)
    }
}
