internal import ClusterFormation
internal import DequeModule
internal import HeapModule

/// The peers that this node knows from the channel: a bounded table with the indices that one message needs.
///
/// Nothing here takes a pass over all peers for one message.
struct PeerTable: Sendable {
    private struct Expiry: Comparable, Sendable {
        var at: Instant
        var instance: InstanceID
        var generation: UInt32
        static func < (lhs: Expiry, rhs: Expiry) -> Bool { lhs.at < rhs.at }
    }

    private var peers: [InstanceID: Peer] = [:]
    private var instances: [Endpoint: InstanceID] = [:]
    /// The peers that announce themselves from each session.
    private var sessions: [Int32: [InstanceID]] = [:]
    /// One entry a peer; a peer heard meanwhile is put back when its entry comes up, not on every message.
    private var expiries = Heap<Expiry>()
    /// Peers that make room, by their turn and then in the order in which they came there; some are gone, or are known
    /// better by now.
    private var evictable = Array(repeating: Deque<InstanceID>(), count: 3)
    private var generation: UInt32 = 0
    /// How many peers have listened for longer than this node, and how many of those the medium shows, by what they say.
    private(set) var seniors = 0
    private(set) var shownSeniors = 0
    /// How many peers the medium was asked for and has not shown.
    private(set) var unshown = 0

    var count: Int { self.peers.count }
    var all: some Collection<Peer> { self.peers.values }
    /// When the first entry of the queue comes up.
    var nextExpiry: Instant? { self.expiries.min?.at }

    func contains(_ instance: InstanceID) -> Bool { self.peers[instance] != nil }

    subscript(instance: InstanceID) -> Peer? { self.peers[instance] }

    func peer(at endpoint: Endpoint) -> Peer? { self.instances[endpoint].flatMap { self.peers[$0] } }

    func instances(inSession processID: Int32) -> [InstanceID] { self.sessions[processID] ?? [] }

    /// Which peer makes room for a newcomer; never one that the medium has shown.
    mutating func nextToMakeRoom() -> InstanceID? {
        for turn in self.evictable.indices {
            while let first = self.evictable[turn].first {
                if self.peers[first]?.evictionTurn == turn { return first }
                self.evictable[turn].removeFirst()
            }
        }
        return nil
    }

    // MARK: Changes

    /// Adds a peer whose instance and endpoint are not in the table; its entry in the queue comes up at `expiry`.
    mutating func insert(_ peer: Peer, expiringAt expiry: Instant) {
        self.instances[peer.endpoint] = peer.instance
        self.count(peer, by: 1)
        self.peers[peer.instance] = peer
        self.enlist(peer)
        self.queue(peer.instance, at: expiry)
    }

    /// Writes down what was heard of a known peer.
    mutating func update(_ instance: InstanceID, _ change: (inout Peer) -> Void) {
        guard let before = self.peers[instance] else { return }
        var after = before
        change(&after)
        if after.processID != before.processID || after.isShown != before.isShown || after.isSenior != before.isSenior
            || after.standing != before.standing || after.sighting != before.sighting
        {
            self.count(before, by: -1)
            self.count(after, by: 1)
        }
        self.peers[instance] = after
        if after.evictionTurn != before.evictionTurn { self.enlist(after) }
        // The entry in the queue may stand for a later moment than a shortened time-to-live asks for.
        if after.timeToLive < before.timeToLive {
            self.queue(instance, at: after.believedFrom.advanced(by: after.timeToLive))
        }
    }

    @discardableResult
    mutating func remove(_ instance: InstanceID) -> Peer? {
        guard let peer = self.peers.removeValue(forKey: instance) else { return nil }
        self.instances[peer.endpoint] = nil
        self.count(peer, by: -1)
        return peer
    }

    /// This node has a new session: everybody else has listened for longer.
    mutating func becomeJunior() {
        for instance in self.peers.keys {
            self.peers[instance]?.isSenior = true
            self.peers[instance]?.wasPassedOver = false
        }
        self.seniors = self.peers.values.count { $0.sighting != .unshown }
        self.shownSeniors = self.peers.values.count { $0.sighting != .unshown && $0.isShown }
    }

    /// None of the seniors has answered when it was time: they come after this node, until they do.
    mutating func passOverSeniors() {
        for instance in self.peers.values.filter(\.isSenior).map(\.instance) {
            self.update(instance) { ($0.isSenior, $0.wasPassedOver) = (false, true) }
        }
    }

    /// The medium's clock has stepped, and the moments that are written down step with it.
    mutating func shiftMoments(by step: Duration) {
        for (instance, peer) in self.peers {
            self.peers[instance]?.moment = peer.moment.advanced(by: step)
            self.peers[instance]?.birth = peer.birth.advanced(by: step)
        }
    }

    /// Each peer may be overdue sooner than the queue says: it is believed for less time from now on.
    mutating func requeueExpiries(_ expiry: (Peer) -> Instant) {
        let entries = self.peers.values.map {
            Expiry(at: expiry($0), instance: $0.instance, generation: $0.generation)
        }
        self.expiries = Heap(entries)
    }

    /// Takes out the peers whose entry is up and whom `expiry` still finds overdue; the others are put back.
    ///
    /// - Parameters:
    ///   - now: The moment.
    ///   - proof: When the channel was proven last.
    ///   - outside: Where that proves nothing of other machines, when one of them was heard last, and when a peer there that
    ///     was not overdue by then is looked at again.
    ///   - expiry: Until when a peer is believed.
    /// - Returns: Those that were overdue when the channel was proven last, whether another one is overdue by now, and
    ///   whether one of another machine is, of which none was heard since.
    mutating func removeExpired(
        at now: Instant,
        provenAt proof: Instant,
        outside: (heardAt: Instant, again: Instant)? = nil,
        expiry: (Peer) -> Instant
    ) -> (expired: [Peer], isUncertain: Bool, isOutOfReach: Bool) {
        var expired: [Peer] = []
        var isOutOfReach = false
        while let first = self.expiries.min, first.at <= now {
            self.expiries.removeMin()
            guard let peer = self.peers[first.instance], peer.generation == first.generation else { continue }
            let actual = expiry(peer)
            if let outside, peer.isOutside, actual > outside.heardAt, actual <= now {
                isOutOfReach = true
                self.queue(peer.instance, at: outside.again)
            } else if actual <= proof {
                self.remove(peer.instance)
                expired.append(peer)
            } else {
                self.queue(peer.instance, at: actual)
                if actual <= now { return (expired, true, isOutOfReach) }
            }
        }
        return (expired, false, isOutOfReach)
    }

    // MARK: Indices

    private mutating func count(_ peer: Peer, by change: Int) {
        if peer.sighting == .unshown {
            self.unshown += change
        } else if peer.isSenior {
            self.seniors += change
            if peer.isShown { self.shownSeniors += change }
        }
        guard peer.standing != .hearsay else { return }
        var instances = self.sessions[peer.processID] ?? []
        if change > 0 { instances.append(peer.instance) } else { instances.removeAll { $0 == peer.instance } }
        self.sessions[peer.processID] = instances.isEmpty ? nil : instances
    }

    private mutating func enlist(_ peer: Peer) {
        guard let turn = peer.evictionTurn else { return }
        self.evictable[turn].append(peer.instance)
        guard self.evictable[turn].count > self.peers.count * 2 + 64 else { return }
        var seen = Set<InstanceID>()
        self.evictable[turn].removeAll {
            self.peers[$0]?.evictionTurn != turn || !seen.insert($0).inserted
        }
    }

    private mutating func queue(_ instance: InstanceID, at moment: Instant) {
        self.generation &+= 1
        self.peers[instance]?.generation = self.generation
        self.expiries.insert(Expiry(at: moment, instance: instance, generation: self.generation))
        // Entries that no longer count are dropped when they come up; a peer that announces ever other times-to-live must
        // not pile them up until then.
        guard self.expiries.count > self.count * 2 + 64 else { return }
        self.expiries = Heap(self.expiries.unordered.filter { self.peers[$0.instance]?.generation == $0.generation })
    }
}
