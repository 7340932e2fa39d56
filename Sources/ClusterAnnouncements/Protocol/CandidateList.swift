internal import ClusterFormation

/// With a key: who was heard and has not yet proven that it lives.
///
/// Whoever comes first makes room when there are too many.
struct CandidateList: Sendable {
    private let local: InstanceID
    private var queue: BoundedQueue<InstanceID, PeerTable.Peer>
    /// How many candidates have a smaller instance id than this node: its turn among nodes that all start now.
    private(set) var rank = 0

    init(local: InstanceID, capacity: Int) {
        self.local = local
        self.queue = BoundedQueue(capacity: capacity)
    }

    var count: Int { self.queue.count }
    var all: some Sequence<PeerTable.Peer> { self.queue.keys.lazy.compactMap { self.queue[$0] } }

    subscript(instance: InstanceID) -> PeerTable.Peer? { self.queue[instance] }

    mutating func insert(_ candidate: PeerTable.Peer) {
        if self.queue[candidate.instance] == nil, candidate.instance < self.local { self.rank += 1 }
        if let evicted = self.queue.set(candidate.instance, to: candidate), evicted < self.local { self.rank -= 1 }
    }

    mutating func removeAll(where isOver: (PeerTable.Peer) -> Bool) {
        for candidate in Array(self.all) where isOver(candidate) { self.remove(candidate.instance) }
    }

    mutating func remove(_ instance: InstanceID) {
        if self.queue.remove(instance) != nil, instance < self.local { self.rank -= 1 }
    }
}
