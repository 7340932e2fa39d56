internal import Synchronization

/// A count that one task raises and another one reads.
final class Tally: Sendable {
    private let count = Atomic(0)

    var value: Int { self.count.load(ordering: .relaxed) }

    func increment() {
        self.count.add(1, ordering: .relaxed)
    }
}
