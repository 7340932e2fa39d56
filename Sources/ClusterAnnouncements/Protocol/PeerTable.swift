internal import ClusterFormation
internal import HeapModule

/// Whom this node knows from the channel: a bounded table with the indices that one message needs.
///
/// Nothing here takes a pass over all peers for one message. A peer takes about 150 bytes, indices included, besides
/// its host name and its metadata where these are long: a node of a large cluster has thousands of them.
struct PeerTable: Sendable {
    /// How well a peer is known; the less, the sooner it makes room in a full table.
    fileprivate enum Standing { case hearsay, heardOnce, established }

    struct Peer: Sendable {
        let instance: InstanceID
        var endpoint: Endpoint
        var metadata: [String: String]
        /// The highest sequence number that was heard.
        var sequence: UInt64
        /// When the instance began its life, on this node's time line.
        let birth: Nanoseconds
        /// When the peer itself was heard last, or introduced.
        var lastHeard: Nanoseconds
        private var timeToLiveMilliseconds: UInt32
        /// The server's process id of the session it announces itself from; 0 while it is known from hearsay alone.
        var processID: Int32
        /// Whether it has been heard itself more than once; who has not makes room in a full table.
        var isEstablished = false
        /// Whether the medium shows its session, so that it can be missed there.
        var isShown = false
        /// Whether it has changed its session while this node's own went on: without a key that may have been somebody else.
        var hasMoved = false

        fileprivate var isVacant = false
        /// Tells the entry in the queue of expiries that counts from earlier ones.
        fileprivate var generation: UInt32 = 0
        var links = SlotList.Links()

        init(
            instance: InstanceID,
            endpoint: Endpoint,
            metadata: [String: String],
            sequence: UInt64,
            birth: Instant,
            lastHeard: Instant,
            timeToLive: Duration,
            processID: Int32,
            isShown: Bool = false
        ) {
            self.instance = instance
            self.endpoint = endpoint
            self.metadata = metadata
            self.sequence = sequence
            self.birth = Nanoseconds(birth)
            self.lastHeard = Nanoseconds(lastHeard)
            self.timeToLiveMilliseconds = Self.milliseconds(timeToLive)
            self.processID = processID
            self.isShown = isShown
        }

        /// For how long it is believed after it was heard, in whole milliseconds up to 49 days.
        var timeToLive: Duration {
            get { .milliseconds(self.timeToLiveMilliseconds) }
            set { self.timeToLiveMilliseconds = Self.milliseconds(newValue) }
        }

        /// Whether it is known from hearsay alone.
        var isHearsay: Bool { self.processID == 0 }

        fileprivate var standing: Standing {
            self.isEstablished ? .established : self.isHearsay ? .hearsay : .heardOnce
        }

        var node: Node { Node(endpoint: self.endpoint, instance: self.instance, metadata: self.metadata) }

        /// For how long it has not been heard.
        func silence(at now: Instant) -> Duration { self.lastHeard.instant.duration(to: now) }

        private static func milliseconds(_ duration: Duration) -> UInt32 {
            UInt32(clamping: Nanoseconds(duration).inMilliseconds)
        }

        fileprivate var expiry: Nanoseconds { self.lastHeard.advanced(by: Nanoseconds(self.timeToLive)) }
    }

    private struct Expiry: Comparable, Sendable {
        var at: Nanoseconds
        var slot: UInt32
        var generation: UInt32
        static func < (lhs: Expiry, rhs: Expiry) -> Bool { lhs.at < rhs.at }
    }

    /// Where an endpoint belongs, and who has it.
    struct Place {
        fileprivate let hash: UInt32
        fileprivate let slot: Int?
    }

    private let local: InstanceID
    private let secret: HashSecret

    private var slots = ChunkedArray<Peer>()
    private var vacant: [UInt32] = []
    private var byInstance = SlotIndex()
    private var byEndpoint = SlotIndex()
    private var sessions = SessionCounts()
    /// One entry a peer; a peer heard meanwhile is put back when its entry comes up, not on every message.
    private var expiries = Heap<Expiry>()
    /// Who is known from hearsay alone, and who was heard once, in the order in which they came.
    private var hearsay = SlotList()
    private var heardOnce = SlotList()
    /// How many peers have a smaller instance id than this node: its turn among the members.
    private(set) var rank = 0
    /// How many of those the medium shows, by what they say.
    private(set) var shownRank = 0

    init(local: InstanceID, secret: HashSecret) {
        self.local = local
        self.secret = secret
    }

    var count: Int { self.byInstance.count }
    var all: some Sequence<Peer> { self.slots.lazy.filter { !$0.isVacant } }
    var nextExpiry: Instant? { self.expiries.min?.at.instant }

    func contains(_ instance: InstanceID) -> Bool { self.slot(of: instance) != nil }

    subscript(instance: InstanceID) -> Peer? { self.slot(of: instance).map { self.slots[$0] } }

    func peer(at endpoint: Endpoint) -> Peer? { self.peer(at: self.place(of: endpoint)) }

    func peer(at place: Place) -> Peer? { place.slot.map { self.slots[$0] } }

    /// Where an endpoint belongs, for more than one question about it.
    func place(of endpoint: Endpoint) -> Place {
        let hash = Self.hash(endpoint)
        return Place(hash: hash, slot: self.byEndpoint.slot(hash: hash) { self.slots[$0].endpoint == endpoint })
    }

    func instances(inSession processID: Int32) -> Int { self.sessions[processID] }

    /// Who makes room for a newcomer: the one known longest from hearsay alone, then the one heard once longest ago.
    var evictable: InstanceID? { (self.hearsay.first ?? self.heardOnce.first).map { self.slots[$0].instance } }

    // MARK: Changes

    /// Adds a peer whose instance and endpoint are not in the table.
    ///
    /// - Parameters:
    ///   - peer: The peer.
    ///   - place: Where its endpoint belongs.
    ///   - belief: For how long it is believed at least, whatever it says itself.
    mutating func insert(_ peer: Peer, at place: Place, believedFor belief: Duration) {
        let slot: Int
        if let vacant = self.vacant.popLast() {
            slot = Int(vacant)
            // The queue may still hold entries of whoever was here before.
            let generation = self.slots[slot].generation
            self.slots[slot] = peer
            self.slots[slot].generation = generation
        } else {
            slot = self.slots.count
            self.slots.append(peer)
        }
        self.indexInstance(of: slot)
        self.byEndpoint.insert(slot, hash: place.hash)
        if peer.processID != 0 { self.sessions.add(peer.processID) }
        self.rankBelow(peer, by: 1)
        self.enlist(slot)
        self.queueExpiry(of: slot, at: max(peer.expiry, peer.lastHeard.advanced(by: Nanoseconds(belief))))
    }

    /// Each peer may be overdue sooner than the queue says: it is believed for less time from now on.
    mutating func requeueExpiries(_ expiry: (Peer) -> Instant) {
        var entries: [Expiry] = []
        entries.reserveCapacity(self.count)
        for (slot, peer) in self.slots.enumerated() where !peer.isVacant {
            entries.append(
                Expiry(at: Nanoseconds(expiry(peer)), slot: UInt32(slot), generation: peer.generation)
            )
        }
        self.expiries = Heap(entries)
    }

    /// Writes down what was heard of a known peer; its identity stays.
    mutating func update(_ instance: InstanceID, _ change: (inout Peer) -> Void) {
        guard let slot = self.slot(of: instance) else { return }
        let before = self.slots[slot]
        var after = before
        change(&after)
        if after.endpoint != before.endpoint { self.forgetEndpoint(of: slot) }
        if after.standing != before.standing { self.delist(slot) }
        after.links = self.slots[slot].links
        self.slots[slot] = after
        if after.endpoint != before.endpoint { self.indexEndpoint(of: slot) }
        if after.standing != before.standing { self.enlist(slot) }
        if after.isShown != before.isShown {
            self.rankBelow(before, by: -1)
            self.rankBelow(after, by: 1)
        }
        if after.processID != before.processID {
            if before.processID != 0 { self.sessions.remove(before.processID) }
            if after.processID != 0 { self.sessions.add(after.processID) }
        }
        // The entry in the queue may stand for a later moment than a shortened time-to-live asks for.
        if after.timeToLive < before.timeToLive { self.queueExpiry(of: slot, at: after.expiry) }
    }

    @discardableResult
    mutating func remove(_ instance: InstanceID) -> Peer? {
        guard let slot = self.slot(of: instance) else { return nil }
        let peer = self.slots[slot]
        self.forgetInstance(of: slot)
        self.forgetEndpoint(of: slot)
        if peer.processID != 0 { self.sessions.remove(peer.processID) }
        self.rankBelow(peer, by: -1)
        self.delist(slot)
        self.slots[slot].metadata = [:]
        self.slots[slot].isVacant = true
        self.slots[slot].generation &+= 1
        self.vacant.append(UInt32(slot))
        return peer
    }

    /// Takes out the peers whose entry is up and whom `expiry` still finds overdue; the others are put back.
    ///
    /// - Returns: Those who were overdue when the channel was proven last, and whether somebody else is overdue by now.
    mutating func removeExpired(
        at now: Instant,
        provenAt proof: Instant,
        expiry: (Peer) -> Instant
    ) -> (expired: [Peer], isUncertain: Bool) {
        var expired: [Peer] = []
        let (moment, certain) = (Nanoseconds(now), Nanoseconds(proof))
        while let first = self.expiries.min, first.at <= moment {
            self.expiries.removeMin()
            let slot = Int(first.slot)
            guard self.slots[slot].generation == first.generation, !self.slots[slot].isVacant else { continue }
            let actual = Nanoseconds(expiry(self.slots[slot]))
            if actual <= certain {
                if let peer = self.remove(self.slots[slot].instance) { expired.append(peer) }
            } else {
                self.queueExpiry(of: slot, at: actual)
                if actual <= moment { return (expired, true) }
            }
        }
        return (expired, false)
    }

    // MARK: Indices

    private func slot(of instance: InstanceID) -> Int? {
        self.byInstance.slot(hash: self.hash(instance)) { self.slots[$0].instance == instance }
    }

    private mutating func indexInstance(of slot: Int) {
        self.byInstance.insert(slot, hash: self.hash(self.slots[slot].instance))
    }

    private mutating func forgetInstance(of slot: Int) {
        self.byInstance.remove(slot, hash: self.hash(self.slots[slot].instance))
    }

    private mutating func indexEndpoint(of slot: Int) {
        self.byEndpoint.insert(slot, hash: Self.hash(self.slots[slot].endpoint))
    }

    private mutating func forgetEndpoint(of slot: Int) {
        self.byEndpoint.remove(slot, hash: Self.hash(self.slots[slot].endpoint))
    }

    private func hash(_ instance: InstanceID) -> UInt32 { self.secret.hash(instance) }

    private static func hash(_ endpoint: Endpoint) -> UInt32 {
        // The standard library's hash has a secret of its own.
        var hasher = Hasher()
        hasher.combine(endpoint)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    private mutating func rankBelow(_ peer: Peer, by change: Int) {
        guard peer.instance < self.local else { return }
        self.rank += change
        if peer.isShown { self.shownRank += change }
    }

    private mutating func enlist(_ slot: Int) {
        switch self.slots[slot].standing {
        case .hearsay: self.hearsay.append(slot, in: &self.slots)
        case .heardOnce: self.heardOnce.append(slot, in: &self.slots)
        case .established: break
        }
    }

    private mutating func delist(_ slot: Int) {
        switch self.slots[slot].standing {
        case .hearsay: self.hearsay.remove(slot, in: &self.slots)
        case .heardOnce: self.heardOnce.remove(slot, in: &self.slots)
        case .established: break
        }
    }

    private mutating func queueExpiry(of slot: Int, at moment: Nanoseconds) {
        self.slots[slot].generation &+= 1
        let entry = Expiry(at: moment, slot: UInt32(slot), generation: self.slots[slot].generation)
        self.expiries.insert(entry)
        // Entries that no longer count are dropped when they come up; who announces ever other times-to-live must not
        // pile them up until then.
        if self.expiries.count > self.count * 2 + 64 {
            self.expiries = Heap(
                self.expiries.unordered.filter {
                    let peer = self.slots[Int($0.slot)]
                    return !peer.isVacant && peer.generation == $0.generation
                }
            )
        }
    }
}
