internal import ClusterFormation
internal import HeapModule

/// Whom this node knows from the channel: a bounded table with the indices that one message needs.
///
/// Nothing here takes a pass over all peers for one message.
struct PeerTable: Sendable {
    struct Peer: Sendable {
        var instance: InstanceID
        var endpoint: Endpoint
        var metadata: [String: String]
        /// The highest sequence number that was heard.
        var sequence: UInt64
        /// When the instance began its life, on this node's time line.
        var birth: Instant
        /// When the peer itself was heard last, or introduced.
        var lastHeard: Instant
        /// For how long it is believed after that.
        var timeToLive: Duration
        /// The server's process id of the session it announces itself from; 0 while it is known from hearsay alone.
        var processID: Int32
        /// Whether it has been heard itself more than once; who has not makes room in a full table.
        var isEstablished: Bool

        /// Whether it is known from hearsay alone.
        var isHearsay: Bool { self.processID == 0 }

        var node: Node { Node(endpoint: self.endpoint, instance: self.instance, metadata: self.metadata) }
    }

    private struct Expiry: Comparable, Sendable {
        var at: Instant
        var instance: InstanceID
        static func < (lhs: Expiry, rhs: Expiry) -> Bool { lhs.at < rhs.at }
    }

    private let local: InstanceID
    private var peers: [InstanceID: Peer] = [:]
    private var instanceByEndpoint: [Endpoint: InstanceID] = [:]
    private var instancesByProcess: [Int32: Int] = [:]
    /// One entry a peer; a peer heard meanwhile is put back when its entry comes up, not on every message.
    private var expiries = Heap<Expiry>()
    private var unestablished: BoundedQueue<InstanceID, Void>
    /// How many peers have a smaller instance id than this node: its turn among the members.
    private(set) var rank = 0

    init(local: InstanceID, capacity: Int) {
        self.local = local
        self.unestablished = BoundedQueue(capacity: capacity)
    }

    var count: Int { self.peers.count }
    var all: Dictionary<InstanceID, Peer>.Values { self.peers.values }
    var nextExpiry: Instant? { self.expiries.min?.at }

    subscript(instance: InstanceID) -> Peer? { self.peers[instance] }

    func peer(at endpoint: Endpoint) -> Peer? {
        self.instanceByEndpoint[endpoint].flatMap { self.peers[$0] }
    }

    func instances(inSession processID: Int32) -> Int {
        self.instancesByProcess[processID] ?? 0
    }

    /// A peer that was heard no more than once, the one that has waited longest.
    var evictable: InstanceID? { self.unestablished.oldestKey }

    mutating func insert(_ peer: Peer) {
        self.peers[peer.instance] = peer
        self.instanceByEndpoint[peer.endpoint] = peer.instance
        if peer.processID != 0 { self.instancesByProcess[peer.processID, default: 0] += 1 }
        if peer.instance < self.local { self.rank += 1 }
        self.unestablished.set(peer.instance, to: ())
        self.expiries.insert(Expiry(at: peer.lastHeard.advanced(by: peer.timeToLive), instance: peer.instance))
    }

    /// Writes down what was heard of a known peer; its identity stays.
    mutating func update(_ instance: InstanceID, _ change: (inout Peer) -> Void) {
        guard var peer = self.peers[instance] else { return }
        let before = (endpoint: peer.endpoint, processID: peer.processID, timeToLive: peer.timeToLive)
        change(&peer)
        self.peers[instance] = peer
        if peer.endpoint != before.endpoint {
            if self.instanceByEndpoint[before.endpoint] == instance { self.instanceByEndpoint[before.endpoint] = nil }
            self.instanceByEndpoint[peer.endpoint] = instance
        }
        if peer.processID != before.processID {
            self.forgetSession(before.processID)
            if peer.processID != 0 { self.instancesByProcess[peer.processID, default: 0] += 1 }
        }
        if peer.isEstablished { self.unestablished.remove(instance) }
        // The entry in the heap may stand for a later moment than a shortened time-to-live asks for.
        if peer.timeToLive < before.timeToLive {
            self.expiries.insert(Expiry(at: peer.lastHeard.advanced(by: peer.timeToLive), instance: instance))
        }
    }

    @discardableResult
    mutating func remove(_ instance: InstanceID) -> Peer? {
        guard let peer = self.peers.removeValue(forKey: instance) else { return nil }
        if self.instanceByEndpoint[peer.endpoint] == instance { self.instanceByEndpoint[peer.endpoint] = nil }
        self.forgetSession(peer.processID)
        if instance < self.local { self.rank -= 1 }
        self.unestablished.remove(instance)
        return peer
    }

    private mutating func forgetSession(_ processID: Int32) {
        guard let count = self.instancesByProcess[processID] else { return }
        self.instancesByProcess[processID] = count > 1 ? count - 1 : nil
    }

    /// Takes out the peers whose entry is up and whom `expiry` still finds overdue; the others are put back.
    mutating func removeExpired(at now: Instant, expiry: (Peer) -> Instant) -> [Peer] {
        var expired: [Peer] = []
        while let first = self.expiries.min, first.at <= now {
            self.expiries.removeMin()
            guard let peer = self.peers[first.instance] else { continue }
            let actual = expiry(peer)
            if actual <= now {
                self.remove(peer.instance)
                expired.append(peer)
            } else {
                self.expiries.insert(Expiry(at: actual, instance: peer.instance))
            }
        }
        return expired
    }
}
