/// How soon after each other peers may be dialled that have never been connected.
///
/// Anybody who may speak in a cluster without a key can make up as many addresses as a table holds, somebody else's among
/// them. This bounds what a node does to those: so many at once, and so many a second on the long run (a token bucket, as
/// the generic cell rate algorithm of ITU-T I.371 counts it: by one moment in time).
struct ConnectBudget: Sendable {
    private let interval: Duration
    /// How far ahead of an even pace it may be.
    private let tolerance: Duration
    /// When the bucket is full again.
    private var full: Instant?

    init(perSecond: Int, atOnce: Int) {
        self.interval = .seconds(1) / perSecond
        self.tolerance = self.interval * (max(1, atOnce) - 1)
    }

    /// When the next one may be dialled; nil if that was always so.
    var next: Instant? { self.full.map { $0.advanced(by: .zero - self.tolerance) } }

    func allows(at now: Instant) -> Bool { self.next.map { $0 <= now } ?? true }

    /// One is dialled.
    mutating func spend(at now: Instant) {
        self.full = max(self.full ?? now, now).advanced(by: self.interval)
    }
}
