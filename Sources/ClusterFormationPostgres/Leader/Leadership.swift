internal import ClusterFormation
internal import Locking

/// One time of leading, from the begin of the child until it is told to end.
public struct Leadership: Sendable, CustomStringConvertible {
    /// What is led.
    public let key: String

    /// A number that is greater than that of every earlier leadership of this key on this server.
    ///
    /// Send it along with every write, and let the storage refuse a number that is less than the greatest it has seen: then
    /// a leader that was stopped in its tracks, and wakes after another has begun, does no harm. It is made of the
    /// server's transaction number, so it is large from the start, and there are gaps.
    public let fencingToken: Int64

    private let lease: Lease

    init(key: String, fencingToken: Int64, lease: Lease) {
        self.key = key
        self.fencingToken = fencingToken
        self.lease = lease
    }

    /// How long no other node can have begun to lead, unless a further proof extends it; zero when that is over.
    ///
    /// For a look before an act that can't be fenced. It is a promise about the moment at which it was read, and no more:
    /// the process may be stopped between the look and the act.
    public var timeLeft: Duration { self.lease.timeLeft }

    /// The key and the number.
    public var description: String { "leadership \(self.fencingToken) of \(self.key)" }
}

/// Until when a leadership is good.
final class Lease: Sendable {
    private let clock: ClusterClock
    /// Nil when it is over.
    private let end: Locked<Instant?>

    init(until end: Instant, clock: ClusterClock) {
        self.clock = clock
        self.end = Locked(end)
    }

    var timeLeft: Duration {
        guard let end = self.end.withLock({ $0 }) else { return .zero }
        return max(.zero, self.clock.now.duration(to: end))
    }

    func extend(to end: Instant) {
        self.end.withLock { if $0 != nil { $0 = end } }
    }

    func finish() {
        self.end.withLock { $0 = nil }
    }
}
