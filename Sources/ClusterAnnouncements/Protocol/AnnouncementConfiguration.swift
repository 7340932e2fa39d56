internal import ClusterFormation

/// How a node announces itself, and for how long it believes others.
///
/// The defaults suit a cluster of any size; a small one announces itself every five seconds, a large one less often.
public struct AnnouncementConfiguration: Sendable, Hashable {
    /// The interval at which a node repeats its announcement while the cluster is small.
    ///
    /// Default: 5 s, at least 100 ms. It also paces the checks of the node's own session. Shorter finds a vanished
    /// peer sooner and costs the server more; see ``maximumDeliveryRate`` for what it may cost at most.
    public var heartbeatInterval: Duration = .seconds(5)

    /// How many intervals a node may be silent before its peers stop believing in it.
    ///
    /// Default: 4, at least 2. Each announcement carries the product, the sender's time-to-live, so that nodes of
    /// different configuration understand each other. A node believes for four times its own at most, unless the cluster
    /// is so large that its announcements are stretched: let the nodes of one cluster not differ by more than that.
    public var timeToLiveIntervals: Int = 4

    /// How many deliveries a second the repeated announcements of the whole cluster may cause: announcements times
    /// listeners.
    ///
    /// Default: 1,000. One delivery costs a PostgreSQL server 15 about 65 microseconds of one core, so the default
    /// is worth about 6.5 % of a core, whatever the cluster's size. Up to 70 nodes keep the 5 s interval exactly;
    /// above that the interval grows with the square of the number of nodes, randomised and reconsidered as in
    /// RFC 3550, section 6.3. Joins, leaves and rosters are not held back by it.
    public var maximumDeliveryRate: Double = 1_000

    /// How long a node waits to hear its own announcement before it gives its session up and opens a new one.
    ///
    /// Default: 10 s, two intervals; at least one interval. It is also how long one check of the session may take.
    public var echoDeadline: Duration = .seconds(10)

    /// How many peers are remembered at most.
    ///
    /// Default: 4,096. When the table is full, peers whose sessions the server does not show make room for a newcomer
    /// first, then those that are known by others' words alone or were heard only once; when there are none, the newcomer
    /// is refused and counted, answered all the same, and told so.
    public var maximumPeers: Int = 4_096

    /// How many instances may announce themselves from one session of the server.
    ///
    /// Default: 8. The server stamps each notification with its sender's process id, which nobody can forge: one
    /// session that announces more nodes than this is not a node.
    public var maximumInstancesPerSession: Int = 8

    /// The defaults.
    public init() {}

    /// The defaults with another interval; the echo deadline becomes twice that.
    public init(heartbeatInterval: Duration) {
        self.heartbeatInterval = heartbeatInterval
        self.echoDeadline = heartbeatInterval * 2
    }

    /// The time-to-live of an announcement that is repeated at `interval`.
    package func timeToLive(at interval: Duration) -> Duration {
        min(interval.multiplied(by: self.timeToLiveIntervals), Self.longestTimeToLive)
    }

    /// How many times a node's own time-to-live it believes what others claim at most: nodes of a cluster may differ that
    /// much, and a stranger's word is gone soon after the stranger.
    private static let longestBeliefInTimesToLive = 4

    /// For how long a peer is believed at most, unless the cluster's size asks for more.
    package var longestBelief: Duration {
        let own = self.timeToLive(at: self.heartbeatInterval)
        return min(own.multiplied(by: Self.longestBeliefInTimesToLive), Self.longestTimeToLive)
    }

    package static let shortestTimeToLive: Duration = .seconds(1)
    package static let longestTimeToLive: Duration = .seconds(30 * 24 * 3600)

    /// Refuses what can't work, before anything runs.
    package func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        try require(
            self.heartbeatInterval >= .milliseconds(100) && self.heartbeatInterval <= .seconds(3600),
            "heartbeatInterval is \(self.heartbeatInterval); choose 100 ms to 1 h (the default is 5 s)."
        )
        try require(
            (2...1_000).contains(self.timeToLiveIntervals),
            "timeToLiveIntervals is \(self.timeToLiveIntervals); choose 2 to 1,000 (the default is 4)."
        )
        try require(
            self.maximumDeliveryRate >= 1 && self.maximumDeliveryRate <= 1_000_000,
            "maximumDeliveryRate is \(self.maximumDeliveryRate) a second; choose 1 to 1,000,000 (the default is 1,000)."
        )
        try require(
            self.echoDeadline >= self.heartbeatInterval && self.echoDeadline <= .seconds(3600),
            "echoDeadline is \(self.echoDeadline); choose at least heartbeatInterval (\(self.heartbeatInterval)) "
                + "and at most 1 h."
        )
        try require(
            (1...1_000_000).contains(self.maximumPeers),
            "maximumPeers is \(self.maximumPeers); choose 1 to 1,000,000 (the default is 4,096)."
        )
        try require(
            (1...1_000_000).contains(self.maximumInstancesPerSession),
            "maximumInstancesPerSession is \(self.maximumInstancesPerSession); choose at least 1 (the default is 8)."
        )
    }
}
