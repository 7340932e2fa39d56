internal import ClusterAnnouncements
internal import ClusterFormation

/// Who is believed to be there, from the rows that were read; as a value.
///
/// A row is believed until its own moment plus its time-to-live, however often it is read: the moment is under the seal,
/// so that writing a recorded row again gives nobody more belief than the original did. A row that is missing says nothing:
/// the table may have been emptied. Of several instances at one endpoint the youngest holds it.
struct TablePeers: Sendable {
    /// What the rows have changed.
    enum Change: Hashable, Sendable {
        case found(Node)
        case lost(Node, LossReason)
        case conflict(Endpoint)
        /// A row was not acted on, and why: a word for a metric.
        case dropped(String)
    }

    /// How the rows are to be judged.
    struct Reading: Sendable {
        /// The server's time, when they were read.
        var moment: Moment
        var now: Instant
        /// For how long a row is believed at least and at most.
        var belief: ClosedRange<Duration>
        /// From when on the silence of those counts that were known before.
        var graceStart: Instant?
    }

    private struct Peer: Sendable {
        var node: Node
        /// When it began its life, on this node's time line, as its first row has said.
        let bornAt: Instant
        let knownSince: Instant
        var number: UInt64
        var moment: Moment
        var believedFrom: Instant
        var timeToLive: Duration
    }

    /// By how much a row may be made later than it is read, or than the birth of the next instance at its endpoint: a writer
    /// reckons the server's time, no better than its slowest answer, and no clock drifts that much between two heartbeats.
    private static let tolerance: Duration = .seconds(5)

    private let local: Node
    private let localBirth: Instant
    private let isSealed: Bool
    private let capacity: Int
    private var peers: [InstanceID: Peer] = [:]
    private var holders: [Endpoint: InstanceID] = [:]
    /// Who has said goodbye under a seal, the oldest first: a recording brings none of them back.
    private var departed: [InstanceID] = []
    private var departedSet: Set<InstanceID> = []

    /// Whether somebody was refused for lack of room when rows were read last.
    private(set) var isFull = false

    init(local: Node, bornAt localBirth: Instant, isSealed: Bool, capacity: Int) {
        self.local = local
        self.localBirth = localBirth
        self.isSealed = isSealed
        self.capacity = capacity
    }

    var count: Int { self.peers.count }

    var instances: some Collection<InstanceID> { self.peers.keys }

    // MARK: Rows

    mutating func take(_ rows: [Envelope], in reading: Reading) -> [Change] {
        self.isFull = false
        var changes: [Change] = []
        var heard: Set<Endpoint> = []
        for row in rows where row.sender != self.local.instance && !self.departedSet.contains(row.sender) {
            switch row.message {
            case .leave: changes += self.leave(row.sender)
            case .announce(let announcement):
                changes += self.announced(announcement, by: row, in: reading)
                if self.peers[row.sender] != nil { heard.insert(announcement.endpoint) }
            case .observe, .roster, .absent: changes.append(.dropped("unknown_kind"))
            }
        }
        for endpoint in heard.sorted(by: { ($0.host, $0.port) < ($1.host, $1.port) }) {
            if let holder = self.holders[endpoint], let peer = self.peers[holder] { changes.append(.found(peer.node)) }
        }
        return changes
    }

    private mutating func announced(_ announcement: Announcement, by row: Envelope, in reading: Reading) -> [Change] {
        let age = row.moment.duration(to: reading.moment)
        // From before a step of the server's clock, or invented: it would be believed for as long as it is ahead.
        guard age >= .zero - Self.tolerance else { return [.dropped("future")] }
        let timeToLive = min(max(announcement.timeToLive, reading.belief.lowerBound), reading.belief.upperBound)
        guard age < timeToLive else { return [] }
        let believedFrom = reading.now.advanced(by: .zero - max(age, .zero))
        let node = Node(endpoint: announcement.endpoint, instance: row.sender, metadata: announcement.metadata)
        guard var peer = self.peers[row.sender] else {
            guard self.peers.count < self.capacity else {
                self.isFull = true
                return [.dropped("table_full")]
            }
            self.peers[row.sender] = Peer(
                node: node,
                bornAt: believedFrom.advanced(by: .zero - announcement.uptime),
                knownSince: reading.now,
                number: row.number,
                moment: row.moment,
                believedFrom: believedFrom,
                timeToLive: timeToLive
            )
            self.claim(node.endpoint, for: row.sender)
            return self.conflict(of: row.sender)
        }
        // Numbers go on through a step of the server's clock, and moments where somebody has invented a large number.
        guard row.number > peer.number || row.moment > peer.moment else {
            return row.number < peer.number ? [.dropped("replayed")] : []
        }
        // An instance has one endpoint for its life.
        guard peer.node.endpoint == node.endpoint else { return [.dropped("impostor")] }
        (peer.node, peer.number, peer.moment) = (node, row.number, row.moment)
        (peer.believedFrom, peer.timeToLive) = (believedFrom, timeToLive)
        self.peers[row.sender] = peer
        return self.conflict(of: row.sender)
    }

    /// A goodbye; without a key it may be anybody's, and is no more than a suspicion.
    private mutating func leave(_ instance: InstanceID) -> [Change] {
        if self.isSealed {
            self.departed.append(instance)
            self.departedSet.insert(instance)
            if self.departed.count > self.capacity { self.departedSet.remove(self.departed.removeFirst()) }
        }
        return self.remove(instance, because: self.isSealed ? .left : .unlisted)
    }

    // MARK: Endpoints

    /// The youngest instance at an endpoint holds it; the local node always holds its own.
    private mutating func claim(_ endpoint: Endpoint, for instance: InstanceID) {
        guard endpoint != self.local.endpoint, let newcomer = self.peers[instance] else { return }
        if let holder = self.holders[endpoint], let peer = self.peers[holder] {
            guard (newcomer.bornAt, instance) > (peer.bornAt, holder) else { return }
        }
        self.holders[endpoint] = instance
    }

    /// Whether two instances at one endpoint have both written when the younger had already been born for a while.
    private func conflict(of instance: InstanceID) -> [Change] {
        guard let peer = self.peers[instance] else { return [] }
        let endpoint = peer.node.endpoint
        var (birth, written) = (self.localBirth, peer.believedFrom)
        if endpoint != self.local.endpoint {
            guard let holder = self.holders[endpoint], holder != instance, let other = self.peers[holder] else {
                return []
            }
            birth = other.bornAt
            written = min(written, other.believedFrom)
        }
        return written > birth.advanced(by: Self.tolerance) ? [.conflict(endpoint)] : []
    }

    private mutating func remove(_ instance: InstanceID, because reason: LossReason) -> [Change] {
        guard let peer = self.peers.removeValue(forKey: instance) else { return [] }
        guard self.holders[peer.node.endpoint] == instance else { return [] }
        self.holders[peer.node.endpoint] = nil
        // Whoever else is there and still believed comes into its place.
        let heir = self.peers.filter { $0.value.node.endpoint == peer.node.endpoint }
            .max { ($0.value.bornAt, $0.key) < ($1.value.bornAt, $1.key) }
        guard let heir else { return [.lost(peer.node, reason)] }
        self.holders[peer.node.endpoint] = heir.key
        return [.lost(peer.node, reason), .found(heir.value.node)]
    }

    // MARK: Silence

    /// Gives up those whose time is over.
    mutating func expire(in reading: Reading) -> [Change] {
        let silent = self.peers.filter { _, peer in
            var from = peer.believedFrom
            if let grace = reading.graceStart, peer.knownSince < grace { from = max(from, grace) }
            return from.advanced(by: max(peer.timeToLive, reading.belief.lowerBound)) <= reading.now
        }
        return silent.keys.sorted().flatMap { self.remove($0, because: .expired) }
    }
}
