/// When a query of Consul may wait for a change, and for one since when, as a value.
///
/// An answer carries an index. A query that names it is held until something has changed or its time is over. Two rules of
/// Consul's: an index that has gone backwards, after a restore or on another server, is forgotten; zero is none.
///
/// And one of this library's: what has changed is asked for again without waiting until it was the same three times, since
/// who is missing, or an empty list, is believed only when it was repeated.
struct ConsulIndex: Sendable, Hashable {
    /// How many answers in a row must have the same index before a query waits.
    static let settled = 3

    private var index: UInt64?
    private var repeats = 0

    /// The index to wait on; nil for a query that is answered at once.
    var waiting: UInt64? { self.repeats >= Self.settled ? self.index : nil }

    /// An answer has come, with what its header said.
    mutating func answered(_ header: String?) {
        guard let index = header.flatMap(UInt64.init), index > 0 else {
            self = ConsulIndex()
            return
        }
        self.repeats = index == self.index ? min(self.repeats + 1, Self.settled) : 1
        self.index = index
    }

    /// No answer has come, or none that could be used: the server may be another one now.
    mutating func failed() {
        self = ConsulIndex()
    }
}
