internal import ClusterFormation

/// What makes the hashes of instance ids unforeseeable: strangers choose the ids.
struct HashSecret: Sendable {
    private let first: UInt64
    private let second: UInt64

    init(using generator: inout some RandomNumberGenerator) {
        self.first = generator.next()
        self.second = generator.next()
    }

    @inline(__always)
    func hash(_ instance: InstanceID) -> UInt32 {
        let product = (instance.high ^ self.first).multipliedFullWidth(by: instance.low ^ self.second)
        return UInt32(truncatingIfNeeded: product.high ^ product.low)
    }
}

/// Values by instance id, side by side in no order: a dictionary that is asked for each entry of each roster, and hashes
/// an id with one multiplication.
struct InstanceMap<Value: Sendable>: Sendable {
    private let secret: HashSecret
    private var index = SlotIndex()
    private var entries: [(instance: InstanceID, value: Value)] = []

    init(secret: HashSecret) {
        self.secret = secret
    }

    var count: Int { self.entries.count }
    var isEmpty: Bool { self.entries.isEmpty }

    subscript(instance: InstanceID) -> Value? {
        self.slot(of: instance).map { self.entries[$0].value }
    }

    mutating func set(_ instance: InstanceID, to value: Value) {
        if let slot = self.slot(of: instance) {
            self.entries[slot].value = value
        } else {
            self.index.insert(self.entries.count, hash: self.secret.hash(instance))
            self.entries.append((instance, value))
        }
    }

    @discardableResult
    mutating func remove(_ instance: InstanceID) -> Value? {
        guard let slot = self.slot(of: instance), let last = self.entries.popLast() else { return nil }
        self.index.remove(slot, hash: self.secret.hash(instance))
        guard slot < self.entries.count else { return last.value }
        let removed = self.entries[slot].value
        let hash = self.secret.hash(last.instance)
        self.index.remove(self.entries.count, hash: hash)
        self.index.insert(slot, hash: hash)
        self.entries[slot] = last
        return removed
    }

    mutating func removeAll() {
        self.index = SlotIndex()
        self.entries.removeAll()
    }

    mutating func removeAll(where shouldRemove: (Value) -> Bool) {
        for entry in self.entries where shouldRemove(entry.value) { self.remove(entry.instance) }
    }

    private func slot(of instance: InstanceID) -> Int? {
        self.index.slot(hash: self.secret.hash(instance)) { self.entries[$0].instance == instance }
    }
}
