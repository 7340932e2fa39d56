/// Values by key, of which the oldest make room for new ones.
struct BoundedQueue<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let capacity: Int
    private var values: [Key: Value] = [:]
    /// The keys in the order in which they came, from `head` on; a key that was removed or came again leaves a stale one.
    private var order: [Key] = []
    private var head = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { self.values.count }

    /// The keys in the order in which they came.
    var keys: [Key] {
        var seen = Set<Key>(minimumCapacity: self.values.count)
        return self.order[self.head...].filter { self.values[$0] != nil && seen.insert($0).inserted }
    }

    subscript(key: Key) -> Value? { self.values.isEmpty ? nil : self.values[key] }

    /// The key that has been there longest.
    var oldestKey: Key? {
        // Stale keys before it are few: they are dropped whenever they outnumber the others.
        self.order[self.head...].first { self.values[$0] != nil }
    }

    /// Adds a value or replaces it; a replaced one keeps its place in the order.
    ///
    /// - Returns: The key that made room, if one did.
    @discardableResult
    mutating func set(_ key: Key, to value: Value) -> Key? {
        guard self.values.updateValue(value, forKey: key) == nil else { return nil }
        var evicted: Key?
        self.order.append(key)
        while self.values.count > self.capacity {
            let oldest = self.order[self.head]
            self.head += 1
            // A stale key removes nothing, or a value that came again later: then that one goes early, which is harmless.
            if self.values.removeValue(forKey: oldest) != nil { evicted = oldest }
        }
        if self.head > self.capacity, self.head * 2 > self.order.count { self.dropStaleKeys() }
        if self.order.count > self.capacity * 4 { self.dropStaleKeys() }
        return evicted
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        self.values.removeValue(forKey: key)
    }

    mutating func removeAll() {
        self.values.removeAll()
        self.order.removeAll()
        self.head = 0
    }

    private mutating func dropStaleKeys() {
        self.order = self.keys
        self.head = 0
    }
}
