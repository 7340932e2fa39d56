internal import HeapModule

/// Wanted links against actual links: whom to connect, whom to drop, whom to try again and when, as a value.
///
/// One event costs no pass over all peers.
package struct Reconciler: Sendable {
    struct Configuration: Sendable {
        var maximumConcurrentConnects: Int
        var connectTimeout: Duration
        var backoff: Backoff
        /// A link that lived for so long is made again at once; a shorter one counts as a failure.
        var stableAfter: Duration = .seconds(10)
    }

    /// Names one call of `connect`, and the link that it made.
    package struct ConnectID: Hashable, Sendable {
        var rawValue: UInt64
    }

    enum Action: Hashable, Sendable {
        case connect(Node, ConnectID)
        case cancelConnect(ConnectID)
        case disconnect(Node, DisconnectReason)
        case linkUp(Node, after: Duration)
        case linkDown(Node, reason: String)
        case connectFailed(Node, failures: Int, retryIn: Duration, message: String)
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
        /// Its link has broken before `connect` came to say that it was up.
        var isClosed = false
    }

    enum Phase: Sendable {
        case queued(ConnectQueue.Line)
        case waiting(until: Instant)
        case connecting(Attempt)
        case connected(ConnectID, since: Instant)
        case disconnecting(DisconnectReason)
    }

    struct Peer: Sendable {
        /// Whom to be connected to.
        var node: Node
        /// Whom the running connect, link or disconnect is for: an older instance, perhaps.
        var actual: Node
        var isWanted = true
        /// Its link is kept while it lasts, and not made again.
        var isKept = false
        /// Why it is not wanted any more, for the disconnect that may be still to come.
        var reason = DisconnectReason.notWanted
        var phase: Phase
        var failures = 0
        var lastError: String?
        var hasBeenUp = false

        /// In which line it stands: one that has been connected before is surely a peer, though it may be gone for good.
        var line: ConnectQueue.Line {
            if self.hasBeenUp { return self.failures <= 1 ? .again : .returning }
            return self.failures == 0 ? .first : .retry
        }
    }

    private struct Deadline: Comparable, Sendable {
        var at: Instant
        var endpoint: Endpoint
        static func < (lhs: Deadline, rhs: Deadline) -> Bool { lhs.at < rhs.at }
    }

    private let configuration: Configuration
    private var generator: SeededGenerator
    private(set) var peers: [Endpoint: Peer] = [:]
    private var endpointByConnect: [ConnectID: Endpoint] = [:]
    private var lastConnect: UInt64 = 0
    /// The deadlines of connects and waits; one that no longer holds is found out when it comes up.
    private var deadlines = Heap<Deadline>()
    private var queue = ConnectQueue()
    private var queueLimit = Reconciler.smallestQueueLimit
    private var deadlineLimit = Reconciler.smallestQueueLimit
    private(set) var connectedCount = 0
    private var isStopping = false

    private static let smallestQueueLimit = 1_024

    init(configuration: Configuration, seed: UInt64) {
        self.configuration = configuration
        self.generator = SeededGenerator(seed: seed)
    }

    subscript(endpoint: Endpoint) -> Peer? { self.peers[endpoint] }

    var nextDeadline: Instant? { self.deadlines.min?.at }

    /// How many connects hold a slot.
    var runningConnects: Int { self.queue.runningCount }

    /// How many entries wait for a slot, those of peers that are gone included.
    var queuedEntries: Int { self.queue.count }

    /// How many deadlines are kept, those that no longer hold included.
    var deadlineCount: Int { self.deadlines.count }

    func isConnected(_ endpoint: Endpoint) -> Bool {
        if case .connected = self.peers[endpoint]?.phase { true } else { false }
    }

    // MARK: What is wanted

    /// A peer is to be connected: a new one, a new instance of a known one, or one with something new to say.
    mutating func want(_ node: Node, at now: Instant) -> [Action] {
        guard var peer = self.peers[node.endpoint] else {
            var peer = Peer(node: node, actual: node, phase: .queued(.first))
            self.enqueue(&peer)
            self.peers[node.endpoint] = peer
            return self.startConnects(at: now)
        }
        let isNewInstance = peer.actual.instance.map { $0 != node.instance } ?? false
        peer.node = node
        peer.isWanted = true
        peer.isKept = false
        var actions: [Action] = []
        switch peer.phase {
        case .waiting where isNewInstance:
            // A new life has nothing to do with the failures of the old one.
            peer.failures = 0
            self.enqueue(&peer)
        case .queued, .waiting, .disconnecting:
            break
        case .connecting(let attempt) where isNewInstance:
            actions += self.cancel(attempt, of: &peer)
        case .connected where isNewInstance:
            actions += self.drop(&peer, reason: .replaced)
        case .connecting, .connected:
            peer.actual = node
        }
        self.peers[node.endpoint] = peer
        return actions + self.startConnects(at: now)
    }

    /// A peer is not to be connected any more.
    mutating func unwant(_ endpoint: Endpoint, reason: DisconnectReason) -> [Action] {
        guard var peer = self.peers[endpoint], peer.isWanted else { return [] }
        peer.isWanted = false
        peer.reason = reason
        var actions: [Action] = []
        switch peer.phase {
        case .queued, .waiting:
            self.peers[endpoint] = nil
            return []
        case .connecting(let attempt): actions += self.cancel(attempt, of: &peer)
        case .connected: actions += self.drop(&peer, reason: reason)
        case .disconnecting: break
        }
        self.peers[endpoint] = peer
        return actions
    }

    /// A link is to be kept while it lasts, and not to be made again; a peer without one is not wanted any more.
    mutating func keep(_ endpoint: Endpoint, reason: DisconnectReason) -> [Action] {
        guard var peer = self.peers[endpoint], peer.isWanted else { return [] }
        guard case .connected = peer.phase else { return self.unwant(endpoint, reason: reason) }
        peer.isKept = true
        peer.reason = reason
        self.peers[endpoint] = peer
        return []
    }

    /// A link is to be made anew after a while, since the peer itself has ended it.
    ///
    /// The node is the one to connect to then: the next instance at the endpoint, perhaps, after one instance has left.
    mutating func relink(_ node: Node) -> [Action] {
        guard var peer = self.peers[node.endpoint] else { return [] }
        peer.node = node
        var actions: [Action] = []
        if case .connected = peer.phase { actions = self.drop(&peer, reason: .peerLeft) }
        self.peers[node.endpoint] = peer
        return actions
    }

    /// Nobody is connected from now on.
    mutating func stopConnecting() {
        self.isStopping = true
    }

    private func cancel(_ attempt: Attempt, of peer: inout Peer) -> [Action] {
        guard !attempt.isCancelled else { return [] }
        var attempt = attempt
        attempt.isCancelled = true
        peer.phase = .connecting(attempt)
        return attempt.isOverdue ? [] : [.cancelConnect(attempt.id)]
    }

    private mutating func drop(_ peer: inout Peer, reason: DisconnectReason) -> [Action] {
        guard case .connected(let id, _) = peer.phase else { return [] }
        self.endpointByConnect[id] = nil
        self.connectedCount -= 1
        peer.phase = .disconnecting(reason)
        return [.linkDown(peer.actual, reason: reason.description), .disconnect(peer.actual, reason)]
    }

    // MARK: What happened

    mutating func connectSucceeded(_ id: ConnectID, at now: Instant) -> [Action] {
        guard let (endpoint, found, attempt) = self.attempt(id) else { return [] }
        var peer = found
        if attempt.isOverdue { self.queue.overdueEnded() } else { self.queue.ended(attempt.line) }
        peer.phase = .connected(id, since: now)
        peer.hasBeenUp = true
        peer.lastError = nil
        self.connectedCount += 1
        var actions: [Action] = [.linkUp(peer.actual, after: attempt.since.duration(to: now))]
        if !peer.isWanted {
            actions += self.drop(&peer, reason: peer.reason)
        } else if peer.isForOlderInstance {
            actions += self.drop(&peer, reason: .replaced)
        }
        self.peers[endpoint] = peer
        if attempt.isClosed { actions += self.linkClosed(id, reason: nil, at: now) }
        return actions + self.startConnects(at: now)
    }

    mutating func connectFailed(_ id: ConnectID, message: String, isLocalNode: Bool, at now: Instant) -> [Action] {
        guard let (endpoint, found, attempt) = self.attempt(id) else { return [] }
        var peer = found
        self.endpointByConnect[id] = nil
        if attempt.isOverdue { self.queue.overdueEnded() } else { self.queue.ended(attempt.line) }
        var actions: [Action] = []
        if isLocalNode {
            self.peers[endpoint] = nil
            actions.append(.foundSelf(peer.node))
        } else if !peer.isWanted {
            self.peers[endpoint] = nil
        } else if peer.isForOlderInstance || (attempt.isCancelled && !attempt.isOverdue) {
            // It was cancelled for a younger instance, or for a peer that was not wanted for a moment.
            if peer.isForOlderInstance { peer.failures = 0 }
            self.enqueue(&peer)
            self.peers[endpoint] = peer
        } else {
            let timeout = "no link within \(self.configuration.connectTimeout)"
            actions.append(self.backOff(&peer, attempt.isOverdue ? timeout : message, at: now))
            self.peers[endpoint] = peer
        }
        return actions + self.startConnects(at: now)
    }

    mutating func linkClosed(_ id: ConnectID, reason: String?, at now: Instant) -> [Action] {
        guard let endpoint = self.endpointByConnect[id], var peer = self.peers[endpoint] else { return [] }
        switch peer.phase {
        case .connecting(var attempt):
            attempt.isClosed = true
            peer.phase = .connecting(attempt)
            self.peers[endpoint] = peer
            return []
        case .connected(_, let since):
            self.endpointByConnect[id] = nil
            self.connectedCount -= 1
            var actions: [Action] = [.linkDown(peer.actual, reason: reason ?? "closed")]
            if peer.isKept {
                self.peers[endpoint] = nil
                return actions
            }
            if since.duration(to: now) >= self.configuration.stableAfter { peer.failures = 0 }
            if peer.failures == 0 {
                // Once at once; one that breaks again soon has a failure to its name and waits.
                peer.failures = 1
                self.enqueue(&peer)
            } else {
                actions.append(self.backOff(&peer, reason ?? "the link closed soon after it was made", at: now))
            }
            self.peers[endpoint] = peer
            return actions + self.startConnects(at: now)
        case .queued, .waiting, .disconnecting:
            // A late word of a link that was given up.
            return []
        }
    }

    mutating func disconnectFinished(_ endpoint: Endpoint, at now: Instant) -> [Action] {
        guard var peer = self.peers[endpoint], case .disconnecting(let reason) = peer.phase else { return [] }
        guard peer.isWanted, !peer.isKept else {
            self.peers[endpoint] = nil
            return []
        }
        // A younger instance than the one that left need not wait.
        if reason == .peerLeft, peer.node.instance == nil || !peer.isForOlderInstance {
            let action = self.backOff(&peer, "the peer ended the link", at: now)
            self.peers[endpoint] = peer
            return [action]
        }
        peer.failures = 0
        self.enqueue(&peer)
        self.peers[endpoint] = peer
        return self.startConnects(at: now)
    }

    mutating func timerFired(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while let deadline = self.deadlines.min, deadline.at <= now {
            self.deadlines.removeMin()
            guard var peer = self.peers[deadline.endpoint] else { continue }
            switch peer.phase {
            case .waiting(let until) where until <= now:
                self.enqueue(&peer)
            case .connecting(var attempt)
            where !attempt.isOverdue && attempt.since.advanced(by: self.configuration.connectTimeout) <= now:
                // It gives its slot back, so that one that ignores its cancellation holds up nobody else.
                self.queue.becameOverdue(attempt.line)
                attempt.isOverdue = true
                peer.phase = .connecting(attempt)
                peer.lastError = "no link within \(self.configuration.connectTimeout)"
                actions.append(.connectOverdue(peer.actual))
                if !attempt.isCancelled { actions.append(.cancelConnect(attempt.id)) }
            case .waiting, .connecting, .queued, .connected, .disconnecting:
                continue
            }
            self.peers[deadline.endpoint] = peer
        }
        return actions + self.startConnects(at: now)
    }

    // MARK: Slots

    private func attempt(_ id: ConnectID) -> (Endpoint, Peer, Attempt)? {
        guard let endpoint = self.endpointByConnect[id], let peer = self.peers[endpoint],
            case .connecting(let attempt) = peer.phase, attempt.id == id
        else { return nil }
        return (endpoint, peer, attempt)
    }

    private mutating func enqueue(_ peer: inout Peer) {
        peer.actual = peer.node
        peer.phase = .queued(peer.line)
        self.queue.append(peer.node.endpoint, to: peer.line)
        guard self.queue.count > self.queueLimit else { return }
        // Peers that came and went while they were queued have left entries behind. As many again may come before the
        // next sweep, so that it costs little for each.
        let peers = self.peers
        let endpoint = peer.node.endpoint
        self.queue.sweep { $0 == endpoint || Self.isQueued($0, in: $1, of: peers) }
        self.queueLimit = max(Self.smallestQueueLimit, self.queue.count * 2)
    }

    private mutating func backOff(_ peer: inout Peer, _ message: String, at now: Instant) -> Action {
        peer.actual = peer.node
        peer.failures += 1
        peer.lastError = message
        let delay = self.configuration.backoff.delay(afterFailures: peer.failures, using: &self.generator)
        let until = now.advanced(by: delay)
        peer.phase = .waiting(until: until)
        self.insertDeadline(until, peer.node.endpoint)
        return .connectFailed(peer.node, failures: peer.failures, retryIn: delay, message: message)
    }

    private mutating func insertDeadline(_ at: Instant, _ endpoint: Endpoint) {
        if self.deadlines.count > self.deadlineLimit {
            // Peers that came and went have left deadlines behind; the sweep is paid for as that of the queue is.
            let (peers, timeout) = (self.peers, self.configuration.connectTimeout)
            self.deadlines = Heap(
                self.deadlines.unordered.filter { deadline in
                    switch peers[deadline.endpoint]?.phase {
                    case .waiting(let until): until == deadline.at
                    case .connecting(let attempt):
                        !attempt.isOverdue && attempt.since.advanced(by: timeout) == deadline.at
                    case .queued, .connected, .disconnecting, nil: false
                    }
                }
            )
            self.deadlineLimit = max(Self.smallestQueueLimit, self.deadlines.count * 2)
        }
        self.deadlines.insert(Deadline(at: at, endpoint: endpoint))
    }

    private mutating func startConnects(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while !self.isStopping, let (endpoint, line) = self.nextQueued() {
            guard var peer = self.peers[endpoint] else { continue }
            self.lastConnect += 1
            let id = ConnectID(rawValue: self.lastConnect)
            peer.actual = peer.node
            peer.phase = .connecting(Attempt(id: id, since: now, line: line))
            self.peers[endpoint] = peer
            self.endpointByConnect[id] = endpoint
            self.insertDeadline(now.advanced(by: self.configuration.connectTimeout), endpoint)
            actions.append(.connect(peer.node, id))
        }
        return actions
    }

    private mutating func nextQueued() -> (Endpoint, ConnectQueue.Line)? {
        let peers = self.peers
        return self.queue.next(limit: self.configuration.maximumConcurrentConnects) { endpoint, line in
            Self.isQueued(endpoint, in: line, of: peers)
        }
    }

    private static func isQueued(_ endpoint: Endpoint, in line: ConnectQueue.Line, of peers: [Endpoint: Peer]) -> Bool {
        guard let peer = peers[endpoint], case .queued(line) = peer.phase else { return false }
        return true
    }
}

extension Reconciler.Peer {
    /// Whether what is going on is for an instance that has been replaced meanwhile.
    var isForOlderInstance: Bool {
        self.actual.instance.map { $0 != self.node.instance } ?? false
    }
}
