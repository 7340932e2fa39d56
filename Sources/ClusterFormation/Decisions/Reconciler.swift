/// Wanted links against actual links: which peers to connect, which links to end, what to try again and when, as a value.
///
/// One event costs no pass over all peers. A link that works is ended only for a reason: when a peer's next instance is
/// wanted, that one is dialled beside the old link, which goes when the new one is up. A restart that was only claimed
/// costs nobody a link.
package struct Reconciler: Sendable {
    struct Configuration: Sendable {
        var maximumConcurrentConnects: Int
        /// How long a connect may take, and how long a disconnect may.
        var connectTimeout: Duration
        var backoff: Backoff
        /// How soon after each other peers are dialled that have never been connected.
        var budget: ConnectBudget
        /// A link that lived for so long is made again at once; a shorter one counts as a failure.
        var stableAfter: Duration = .seconds(10)
    }

    /// Names one call of `connect`, the link that it made, and the `disconnect` that ends it.
    package struct ConnectID: Hashable, Sendable {
        var rawValue: UInt64
    }

    enum Action: Hashable, Sendable {
        case connect(Node, ConnectID)
        case cancelConnect(ConnectID)
        case disconnect(Node, DisconnectReason, ConnectID)
        /// A disconnect has taken too long; nobody waits for it any more.
        case cancelDisconnect(ConnectID)
        case linkUp(Node, after: Duration)
        case linkDown(Node, reason: String)
        case connectFailed(Node, failures: Int, retryIn: Duration, message: String)
        /// Another instance answers; this one is not tried again.
        case connectRefused(Node, message: String)
        /// A connect that was cancelled for taking too long.
        case connectOverdue(Node)
        case foundSelf(Node)
    }

    struct Attempt: Sendable {
        var id: ConnectID
        var since: Instant
        var line: ConnectQueue.Line
        /// It took too long, was cancelled for that, and holds no slot any more.
        var isOverdue = false
        /// It was told to stop, by no fault of the peer.
        var isCancelled = false
    }

    /// A link that is up.
    struct Established: Sendable {
        var id: ConnectID
        /// The instance that it leads to.
        var node: Node
        var since: Instant
    }

    enum Phase: Sendable {
        case queued(ConnectQueue.Line)
        case waiting(until: Instant)
        /// Another instance has answered in its place: it waits for the next one.
        case refused
        case connecting(Attempt)
        case connected(Established)
        case disconnecting(ConnectID, DisconnectReason)
    }

    struct Peer: Sendable {
        /// The node to be connected to.
        var node: Node
        /// The node that the running connect, link or disconnect is for: an older instance, perhaps.
        var actual: Node
        /// The link to an older instance, which stays until the younger one has answered.
        var previous: Established?
        var isWanted = true
        /// Only others have spoken of it.
        var isHearsay: Bool
        /// Its link is kept while it lasts, and not made again.
        var isKept = false
        /// Why it is not wanted any more, for the disconnect that may be still to come.
        var reason = DisconnectReason.notWanted
        var phase: Phase
        var failures = 0
        var lastError: String?
        var hasBeenUp = false

        init(node: Node, isHearsay: Bool) {
            self.node = node
            self.actual = node
            self.isHearsay = isHearsay
            self.phase = .queued(isHearsay ? .hearsay : .first)
        }

        /// In which line it stands: one that has been connected before is surely a peer, though it may be gone for good.
        ///
        /// An instance whose predecessor's link still works is only said to be there.
        var line: ConnectQueue.Line {
            if self.hasBeenUp, self.previous == nil { return self.failures <= 1 ? .again : .returning }
            guard self.failures == 0 else { return .retry }
            return self.isHearsay ? .hearsay : .first
        }

        func isQueued(in line: ConnectQueue.Line) -> Bool {
            if case .queued(line) = self.phase { true } else { false }
        }

        /// The links that are up.
        var links: [Established] {
            if case .connected(let link) = self.phase { return [link] }
            return self.previous.map { [$0] } ?? []
        }

        /// Whether what is going on is for an instance that has been replaced meanwhile.
        var isForOlderInstance: Bool {
            self.actual.instance.map { $0 != self.node.instance } ?? false
        }

        /// Whether the instance that is wanted now is the one whose link was kept aside.
        var wantsPreviousAgain: Bool {
            self.previous.map { $0.node.instance == self.node.instance } ?? false
        }
    }

    let configuration: Configuration
    var generator: SeededGenerator
    var peers: [Endpoint: Peer] = [:]
    /// Where each connect under way, each link and each disconnect under way belongs.
    var endpointByConnect: [ConnectID: Endpoint] = [:]
    /// Disconnects under way; several at one endpoint when instances followed each other.
    ///
    /// Nobody is dialled there meanwhile: it may be the instance whose link is just being ended.
    var disconnects: [Endpoint: Set<ConnectID>] = [:]
    private var lastConnect: UInt64 = 0
    var deadlines = ReconcilerDeadlines()
    var queue = ConnectQueue()
    var budget: ConnectBudget
    private var queueLimit = Reconciler.smallestQueueLimit
    var connectedCount = 0
    /// When one that has never been connected may be dialled, while such a one waits for no more than that.
    private var nextUnprovenConnect: Instant?
    private var isStopping = false

    private static let smallestQueueLimit = 1_024

    init(configuration: Configuration, seed: UInt64) {
        self.configuration = configuration
        self.generator = SeededGenerator(seed: seed)
        self.budget = configuration.budget
    }

    subscript(endpoint: Endpoint) -> Peer? { self.peers[endpoint] }

    var nextDeadline: Instant? {
        [self.deadlines.next, self.nextUnprovenConnect].compactMap { $0 }.min()
    }

    /// How many connects hold a slot.
    var runningConnects: Int { self.queue.runningCount }

    /// How many entries wait for a slot, those of peers that are gone included.
    var queuedEntries: Int { self.queue.count }

    /// How many deadlines are kept, those that no longer hold included.
    var deadlineCount: Int { self.deadlines.count }

    /// Whether nothing is going on: no peer is wanted, no link is up, no disconnect is under way.
    var isEmpty: Bool { self.peers.isEmpty && self.disconnects.isEmpty }

    /// Whether a link to the node at the endpoint is up, to an older instance of it, perhaps.
    func isConnected(_ endpoint: Endpoint) -> Bool {
        guard let peer = self.peers[endpoint] else { return false }
        if case .connected = peer.phase { return true }
        return peer.previous != nil
    }

    // MARK: What is wanted

    /// A peer is to be connected: a new one, a new instance of a known one, or one with something new to say.
    mutating func want(_ node: Node, isHearsay: Bool = false, at now: Instant) -> [Action] {
        guard var peer = self.peers[node.endpoint] else {
            var peer = Peer(node: node, isHearsay: isHearsay)
            self.enqueue(&peer)
            self.peers[node.endpoint] = peer
            return self.startConnects(at: now)
        }
        let isNewInstance = peer.actual.instance.map { $0 != node.instance } ?? false
        peer.node = node
        peer.isWanted = true
        peer.isHearsay = isHearsay
        peer.isKept = false
        var actions: [Action] = []
        switch peer.phase {
        case .queued(.hearsay) where !isHearsay:
            // It has spoken for itself meanwhile; what it leaves in the other line is passed over.
            self.enqueue(&peer)
        case .queued where peer.wantsPreviousAgain, .waiting where peer.wantsPreviousAgain,
            .refused where peer.wantsPreviousAgain:
            self.restorePrevious(of: &peer)
        case .waiting where isNewInstance && peer.previous == nil:
            // A new life has nothing to do with the failures of the old one.
            peer.failures = 0
            self.enqueue(&peer)
        case .refused where isNewInstance && peer.previous == nil:
            peer.failures = 0
            self.enqueue(&peer)
        case .refused where isNewInstance:
            self.wait(&peer, at: now)
        case .queued, .waiting, .refused, .disconnecting:
            // Beside a link that works one claim after another makes no more dials than one.
            break
        case .connecting(let attempt) where isNewInstance:
            actions += self.cancel(attempt, of: &peer)
        case .connected(let link) where isNewInstance:
            self.putAside(link, of: &peer)
        case .connecting:
            peer.actual = node
        case .connected(var link):
            peer.actual = node
            link.node = node
            peer.phase = .connected(link)
        }
        self.peers[node.endpoint] = peer
        return actions + self.startConnects(at: now)
    }

    /// A peer is not to be connected any more.
    mutating func unwant(_ endpoint: Endpoint, reason: DisconnectReason, at now: Instant) -> [Action] {
        guard var peer = self.peers[endpoint], peer.isWanted else { return [] }
        peer.isWanted = false
        peer.reason = reason
        var actions = self.endPrevious(of: &peer, reason: reason, at: now)
        switch peer.phase {
        case .queued, .waiting, .refused:
            self.peers[endpoint] = nil
            return actions
        case .connecting(let attempt): actions += self.cancel(attempt, of: &peer)
        case .connected(let link): actions += self.drop(link, of: &peer, reason: reason, at: now)
        case .disconnecting: break
        }
        self.peers[endpoint] = peer
        return actions
    }

    /// A link is to be kept while it lasts, and not to be made again; a peer without one is not wanted any more.
    mutating func keep(_ endpoint: Endpoint, reason: DisconnectReason, at now: Instant) -> [Action] {
        guard var peer = self.peers[endpoint], peer.isWanted else { return [] }
        guard self.isConnected(endpoint) else { return self.unwant(endpoint, reason: reason, at: now) }
        peer.isKept = true
        peer.reason = reason
        var actions: [Action] = []
        switch peer.phase {
        case .queued, .waiting, .refused: self.restorePrevious(of: &peer)
        // The link that was put aside is taken up again when the attempt has ended.
        case .connecting(let attempt): actions = self.cancel(attempt, of: &peer)
        case .connected, .disconnecting: break
        }
        self.peers[endpoint] = peer
        return actions
    }

    /// A link is to be made anew after a while, since the peer itself has ended it.
    ///
    /// The node is the one to connect to then: the next instance at the endpoint, perhaps, after one instance has left.
    mutating func relink(_ node: Node, at now: Instant) -> [Action] {
        guard var peer = self.peers[node.endpoint] else { return [] }
        peer.node = node
        var actions: [Action] = []
        if case .connected(let link) = peer.phase {
            actions = self.drop(link, of: &peer, reason: .peerLeft, at: now)
        } else if case .refused = peer.phase {
            self.enqueue(&peer)
        }
        self.peers[node.endpoint] = peer
        return actions + self.startConnects(at: now)
    }

    /// Nobody is connected from now on.
    mutating func stopConnecting() {
        self.isStopping = true
    }

    func cancel(_ attempt: Attempt, of peer: inout Peer) -> [Action] {
        guard !attempt.isCancelled else { return [] }
        var attempt = attempt
        attempt.isCancelled = true
        peer.phase = .connecting(attempt)
        return attempt.isOverdue ? [] : [.cancelConnect(attempt.id)]
    }

    // MARK: Links to end

    /// Ends a link, and waits for that before the peer is connected again.
    mutating func drop(
        _ link: Established,
        of peer: inout Peer,
        reason: DisconnectReason,
        at now: Instant
    ) -> [Action] {
        peer.phase = .disconnecting(link.id, reason)
        return self.end(link, reason: reason, at: now)
    }

    /// A younger instance is wanted: the link stays until that one has answered.
    mutating func putAside(_ link: Established, of peer: inout Peer) {
        peer.previous = link
        peer.failures = 0
        self.enqueue(&peer)
    }

    /// The link that was put aside is the peer's link again.
    func restorePrevious(of peer: inout Peer) {
        guard let link = peer.previous else { return }
        peer.previous = nil
        peer.actual = link.node
        peer.phase = .connected(link)
        peer.failures = 0
    }

    /// Ends the link that was put aside, if there is one.
    mutating func endPrevious(of peer: inout Peer, reason: DisconnectReason, at now: Instant) -> [Action] {
        guard let link = peer.previous else { return [] }
        peer.previous = nil
        return self.end(link, reason: reason, at: now)
    }

    mutating func end(_ link: Established, reason: DisconnectReason, at now: Instant) -> [Action] {
        self.disconnects[link.node.endpoint, default: []].insert(link.id)
        self.connectedCount -= 1
        self.insertDeadline(at: now, .disconnect(link.id))
        return [.linkDown(link.node, reason: reason.description), .disconnect(link.node, reason, link.id)]
    }

    // MARK: Slots

    mutating func enqueue(_ peer: inout Peer) {
        peer.actual = peer.node
        peer.phase = .queued(peer.line)
        self.queue.append(peer.node.endpoint, to: peer.line)
        guard self.queue.count > self.queueLimit else { return }
        // Peers that came and went while they were queued have left entries behind. As many again may come before the
        // next sweep, so that it costs little for each.
        let peers = self.peers
        let endpoint = peer.node.endpoint
        self.queue.sweep { $0 == endpoint || peers[$0]?.isQueued(in: $1) ?? false }
        self.queueLimit = max(Self.smallestQueueLimit, self.queue.count * 2)
    }

    mutating func startConnects(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while !self.isStopping, let (endpoint, line) = self.nextQueued(at: now) {
            guard var peer = self.peers[endpoint] else { continue }
            if !line.isProven { self.budget.spend(at: now) }
            self.lastConnect += 1
            let id = ConnectID(rawValue: self.lastConnect)
            peer.actual = peer.node
            peer.phase = .connecting(Attempt(id: id, since: now, line: line))
            self.peers[endpoint] = peer
            self.endpointByConnect[id] = endpoint
            self.insertDeadline(at: now, .connect(id))
            actions.append(.connect(peer.node, id))
        }
        let isHeldBack =
            !self.isStopping && !self.budget.allows(at: now)
            && self.queue.hasSlotForUnproven(limit: self.configuration.maximumConcurrentConnects)
        self.nextUnprovenConnect = isHeldBack ? self.budget.next : nil
        return actions
    }

    private mutating func nextQueued(at now: Instant) -> (Endpoint, ConnectQueue.Line)? {
        let (peers, disconnects) = (self.peers, self.disconnects)
        return self.queue.next(
            limit: self.configuration.maximumConcurrentConnects,
            includingUnproven: self.budget.allows(at: now)
        ) { endpoint, line in
            // One that has to wait for a disconnect is put into the queue again when that has ended.
            peers[endpoint]?.isQueued(in: line) ?? false && disconnects[endpoint] == nil
        }
    }
}
