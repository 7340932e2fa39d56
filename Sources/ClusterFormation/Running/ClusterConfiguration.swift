/// How a cluster connects to the peers that its strategies find; each value has a default.
public struct ClusterConfiguration: Sendable {
    /// How long one connect may take before it is cancelled.
    ///
    /// Default: 10 s.
    ///
    /// Shorter finds unreachable peers sooner; it must leave time for your transport's handshake.
    public var connectTimeout: Duration = .seconds(10)

    /// How many connects may run at once.
    ///
    /// Default: 64.
    ///
    /// Peers whose link has just broken may use all of them, peers that have never been connected three quarters, and
    /// those that fail again and again or were only heard of a half, so that unreachable addresses do not keep the others
    /// waiting.
    public var maximumConcurrentConnects: Int = 64

    /// How many peers that have never been connected are dialled in a second at most.
    ///
    /// Default: 200, beyond the first ``maximumConcurrentConnects`` at once.
    ///
    /// In a cluster without a key anybody who may speak on its channel can name addresses, of other people's servers too.
    /// This bounds what all of them together bring about, and costs a newcomer to a cluster of 1,000 nodes five seconds.
    public var newPeerConnectsPerSecond: Int = 200

    /// Which endpoints may be connected to.
    ///
    /// Default: all.
    ///
    /// Asked once when a peer becomes known, before it is dialled. One that is not allowed is known and shown in the
    /// status as ``ClusterStatus/Peer/LinkState/notAllowed``, and counted.
    public var allowedEndpoints: AllowedEndpoints = .all

    /// The waits between attempts to connect to one peer.
    ///
    /// Default: full jitter, 100 ms doubling up to 30 s.
    ///
    /// For a peer that has never been connected the longest wait is four times as long.
    public var retryBackoff: Backoff = Backoff()

    /// What becomes of a peer that nobody vouches for any more.
    ///
    /// Default: kept while its link is up.
    public var departurePolicy: DeparturePolicy = .keepWhileLinked

    /// Which of the known peers to be connected to.
    ///
    /// Default: all of them.
    public var linkPolicy: LinkPolicy = .all

    /// How many peers are remembered at most.
    ///
    /// Default: 4,096.
    ///
    /// When there is no room, a peer that has never been connected makes place; when there is none, the newcomer is
    /// refused and counted.
    public var maximumPeers: Int = 4_096

    /// How often a connector that can't tell when a link breaks is asked for its links.
    ///
    /// Default: 5 s.
    public var linkCheckInterval: Duration = .seconds(5)

    /// How many events a subscriber may fall behind before it misses some.
    ///
    /// Default: 1,024.
    public var eventBufferSize: Int = 1_024

    /// How long the strategies may take to say goodbye when the cluster stops, and then the links to be closed.
    ///
    /// Default: 5 s each.
    ///
    /// What takes longer is cancelled. What ignores that holds up the end of `run()`.
    public var shutdownTimeout: Duration = .seconds(5)

    /// The defaults.
    public init() {}

    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        let longest: Duration = .seconds(24 * 3600)
        for (name, value) in [
            ("connectTimeout", self.connectTimeout), ("linkCheckInterval", self.linkCheckInterval),
            ("shutdownTimeout", self.shutdownTimeout),
        ] {
            try require(value > .zero && value <= longest, "\(name) is \(value); choose more than zero, up to a day.")
        }
        try require(
            self.retryBackoff.initial > .zero && self.retryBackoff.maximum >= self.retryBackoff.initial
                && self.retryBackoff.maximum <= longest,
            "retryBackoff goes from \(self.retryBackoff.initial) to \(self.retryBackoff.maximum); "
                + "choose more than zero, rising, up to a day."
        )
        try require(
            (1...65_536).contains(self.maximumConcurrentConnects),
            "maximumConcurrentConnects is \(self.maximumConcurrentConnects); choose 1 to 65,536."
        )
        try require(
            (1...1_000_000).contains(self.newPeerConnectsPerSecond),
            "newPeerConnectsPerSecond is \(self.newPeerConnectsPerSecond); choose 1 to 1,000,000."
        )
        try require(
            (1...1_000_000).contains(self.maximumPeers),
            "maximumPeers is \(self.maximumPeers); choose 1 to 1,000,000."
        )
        try require(
            (1...1_000_000).contains(self.eventBufferSize),
            "eventBufferSize is \(self.eventBufferSize); choose 1 to 1,000,000."
        )
        try self.linkPolicy.validate()
    }
}
