internal import ClusterFormation

/// What this node knows from the channel of one other node.
struct Peer: Sendable {
    /// How well a peer is known; the less, the sooner it makes room in a full table.
    enum Standing: Sendable { case hearsay, heardOnce, established }

    /// What the medium's list of sessions has shown of it since it was last heard from another session.
    enum Sighting: Sendable { case unknown, shown, unshown }

    let instance: InstanceID
    let endpoint: Endpoint
    var metadata: [String: String]
    /// How well it is known.
    var standing: Standing
    /// The session that it was heard from last, or that the teller of a roster has heard it from.
    var processID: Int32
    /// The session that it was heard from first, or the one that the medium has shown since that one was gone: what others
    /// say in its name from sessions of their own does not change it.
    var homeProcessID: Int32
    /// The number of the last message of that session.
    var number: UInt64
    /// When that message was made; without a key it is no later than when it was heard.
    var moment: Moment
    /// When the instance began its life.
    var birth: Moment
    /// From when on its time-to-live counts, on this node's time line: the moment of what it said last of itself.
    var believedFrom: Instant
    /// Since when it is in the table.
    let knownSince: Instant
    /// For how long it is believed from then on, in whole milliseconds up to 49 days.
    private var timeToLiveMilliseconds: UInt32
    /// Whether the medium shows its session, so that it can be missed there.
    var isShown: Bool
    /// Whether it was seen there.
    var sighting = Sighting.unknown
    /// Whether it was heard from another machine last, or was told of from there.
    var isOutside = false
    /// Whether it has listened for longer than this node: then its turn to answer comes first.
    var isSenior: Bool
    /// Whether it has let its turn pass: it takes none before others until it answers.
    var wasPassedOver = false
    /// When it was last heard from another session than before, while this node's own session went on.
    ///
    /// Without a key that may have been somebody else.
    var movedAt: Instant?
    /// Tells the entry in the table's queue of expiries that counts from earlier ones.
    var generation: UInt32 = 0

    init(
        instance: InstanceID,
        endpoint: Endpoint,
        metadata: [String: String],
        standing: Standing,
        processID: Int32,
        number: UInt64,
        moment: Moment,
        birth: Moment,
        believedFrom: Instant,
        knownSince: Instant,
        timeToLive: Duration,
        isShown: Bool,
        isSenior: Bool
    ) {
        self.instance = instance
        self.endpoint = endpoint
        self.metadata = metadata
        self.standing = standing
        self.processID = processID
        self.homeProcessID = processID
        self.number = number
        self.moment = moment
        self.birth = birth
        self.believedFrom = believedFrom
        self.knownSince = knownSince
        self.timeToLiveMilliseconds = Self.milliseconds(timeToLive)
        self.isShown = isShown
        self.isSenior = isSenior
    }

    var timeToLive: Duration {
        get { .milliseconds(self.timeToLiveMilliseconds) }
        set { self.timeToLiveMilliseconds = Self.milliseconds(newValue) }
    }

    /// In which turn it makes room in a full table: whom the medium has not shown, then hearsay, then one that was heard
    /// once; nil for those that keep their places.
    var evictionTurn: Int? {
        switch (self.sighting, self.standing) {
        case (.unshown, _): 0
        case (.unknown, .hearsay): 1
        case (.unknown, .heardOnce): 2
        case (.unknown, .established), (.shown, _): nil
        }
    }

    var node: Node { Node(endpoint: self.endpoint, instance: self.instance, metadata: self.metadata) }

    /// Until when it is believed if it is not heard again: at least for the shortest time that this node believes anybody.
    ///
    /// The silence of a peer that was known before `graceStart` counts from then, when this node's own channel was proven
    /// again. A peer that was heard of since has nothing to be excused for.
    func expiry(graceStart: Instant, shortest: Duration) -> Instant {
        guard self.knownSince < graceStart else { return self.believedUntil(shortest: shortest) }
        return max(self.believedFrom, graceStart).advanced(by: max(self.timeToLive, shortest))
    }

    /// The same without any grace.
    func believedUntil(shortest: Duration) -> Instant {
        self.believedFrom.advanced(by: max(self.timeToLive, shortest))
    }

    private static func milliseconds(_ duration: Duration) -> UInt32 {
        UInt32(clamping: duration.inNanoseconds / 1_000_000)
    }
}
