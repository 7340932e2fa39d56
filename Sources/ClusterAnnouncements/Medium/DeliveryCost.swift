internal import ClusterFormation

/// What it costs to deliver messages, so that answers to many newcomers leave the medium, or its listeners, half of their
/// time.
public struct DeliveryCost: Hashable, Sendable {
    /// How long a message by itself keeps one core busy.
    public var first: Duration

    /// How long one does that follows another at once.
    public var further: Duration

    /// Whether one machine bears that for each listener, as a server does; otherwise each listener bears its own.
    public var isForEachListener: Bool

    /// Describes a cost.
    public init(first: Duration, further: Duration, isForEachListener: Bool) {
        self.first = first
        self.further = further
        self.isForEachListener = isForEachListener
    }

    /// A PostgreSQL server's, of one core: measured for a notification by itself, and for one that follows another at once,
    /// whose listeners are awake.
    public static let postgres = DeliveryCost(
        first: .microseconds(65),
        further: .microseconds(16),
        isForEachListener: true
    )

    /// What so many messages cost that so many members hear.
    func total(ofMessages messages: Int, members: Int) -> Duration {
        let once = self.first + self.further.multiplied(by: messages - 1)
        return self.isForEachListener ? once.multiplied(by: members) : once
    }
}
