internal import ClusterFormation

/// The standard library's functions for this are generic, and slow in what is compiled elsewhere: they look up how to do
/// with any integer what is one multiplication for an `Int`.
///
/// Each message needs several of them.
extension Duration {
    func multiplied(by count: Int) -> Duration {
        Duration(attoseconds: self.attoseconds * Int128(count))
    }

    func divided(by count: Int) -> Duration {
        Duration(attoseconds: self.attoseconds / Int128(count))
    }

    /// Half of it, without a division.
    var halved: Duration { Duration(attoseconds: self.attoseconds >> 1) }

    static func < (lhs: Duration, rhs: Duration) -> Bool { lhs.attoseconds < rhs.attoseconds }

    static func > (lhs: Duration, rhs: Duration) -> Bool { lhs.attoseconds > rhs.attoseconds }

    static func <= (lhs: Duration, rhs: Duration) -> Bool { lhs.attoseconds <= rhs.attoseconds }

    static func >= (lhs: Duration, rhs: Duration) -> Bool { lhs.attoseconds >= rhs.attoseconds }
}

func min(_ first: Duration, _ second: Duration) -> Duration { second < first ? second : first }

func max(_ first: Duration, _ second: Duration) -> Duration { second > first ? second : first }

func max(_ first: Duration, _ second: Duration, _ third: Duration) -> Duration { max(max(first, second), third) }

func min(_ first: Instant, _ second: Instant) -> Instant { second < first ? second : first }

func max(_ first: Instant, _ second: Instant) -> Instant { second > first ? second : first }
