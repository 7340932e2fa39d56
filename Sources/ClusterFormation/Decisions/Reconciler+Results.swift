/// What became of connects, links, disconnects and waits.
extension Reconciler {
    mutating func connectSucceeded(_ id: ConnectID, at now: Instant) -> [Action] {
        guard let (endpoint, found, attempt) = self.attempt(id) else { return [] }
        var peer = found
        if attempt.isOverdue { self.queue.overdueEnded() } else { self.queue.ended(attempt.line) }
        let link = Established(id: id, node: peer.actual, since: now)
        peer.phase = .connected(link)
        peer.hasBeenUp = true
        peer.lastError = nil
        self.connectedCount += 1
        let up = Action.linkUp(peer.actual, after: attempt.since.duration(to: now))
        var actions: [Action]
        if !peer.isWanted {
            actions = [up] + self.drop(link, of: &peer, reason: peer.reason, at: now)
        } else if peer.wantsPreviousAgain {
            // Two links for a moment: the one that is wanted is the one that was there first.
            let extra = link
            self.restorePrevious(of: &peer)
            actions = [up] + self.end(extra, reason: .replaced, at: now)
        } else {
            // The older link goes first in what is told, so that a peer is never told to be linked twice.
            actions = self.endPrevious(of: &peer, reason: .replaced, at: now) + [up]
            if peer.isForOlderInstance, !peer.isKept { self.putAside(link, of: &peer) }
        }
        self.peers[endpoint] = peer
        return actions + self.startConnects(at: now)
    }

    mutating func connectFailed(
        _ id: ConnectID,
        message: String,
        refusal: ConnectRefusal? = nil,
        at now: Instant
    ) -> [Action] {
        guard let (endpoint, found, attempt) = self.attempt(id) else { return [] }
        var peer = found
        self.endpointByConnect[id] = nil
        if attempt.isOverdue { self.queue.overdueEnded() } else { self.queue.ended(attempt.line) }
        var actions: [Action] = []
        if refusal == .localNode {
            actions = self.endPrevious(of: &peer, reason: .notWanted, at: now) + [.foundSelf(peer.node)]
            self.peers[endpoint] = nil
        } else if !peer.isWanted {
            self.peers[endpoint] = nil
        } else if peer.previous != nil, peer.isKept || peer.wantsPreviousAgain {
            self.restorePrevious(of: &peer)
            self.peers[endpoint] = peer
        } else if peer.isKept {
            // The link that it was kept for has broken meanwhile.
            self.peers[endpoint] = nil
        } else if peer.isForOlderInstance || (attempt.isCancelled && !attempt.isOverdue) {
            // It was cancelled for a younger instance, or for a peer that was not wanted for a moment.
            if peer.isForOlderInstance, peer.previous == nil { peer.failures = 0 }
            self.enqueue(&peer)
            self.peers[endpoint] = peer
        } else if refusal == .otherInstance, peer.node.instance != nil {
            peer.failures += 1
            peer.lastError = message
            peer.phase = .refused
            self.peers[endpoint] = peer
            actions.append(.connectRefused(peer.node, message: message))
        } else {
            let timeout = "no link within \(self.configuration.connectTimeout)"
            actions.append(self.backOff(&peer, attempt.isOverdue ? timeout : message, at: now))
            self.peers[endpoint] = peer
        }
        return actions + self.startConnects(at: now)
    }

    mutating func linkClosed(_ id: ConnectID, reason: String?, at now: Instant) -> [Action] {
        guard let endpoint = self.endpointByConnect[id], var peer = self.peers[endpoint] else { return [] }
        if let previous = peer.previous, previous.id == id {
            return self.previousClosed(previous, reason: reason, of: &peer, at: now)
        }
        switch peer.phase {
        case .connected(let link) where link.id == id:
            self.endpointByConnect[id] = nil
            self.connectedCount -= 1
            var actions: [Action] = [.linkDown(link.node, reason: reason ?? "closed")]
            if peer.isKept {
                self.peers[endpoint] = nil
                return actions
            }
            if link.since.duration(to: now) >= self.configuration.stableAfter { peer.failures = 0 }
            if peer.failures == 0 {
                // Once at once; one that breaks again soon has a failure to its name and waits.
                peer.failures = 1
                self.enqueue(&peer)
            } else {
                actions.append(self.backOff(&peer, reason ?? "the link closed soon after it was made", at: now))
            }
            self.peers[endpoint] = peer
            return actions + self.startConnects(at: now)
        case .queued, .waiting, .refused, .connecting, .connected, .disconnecting:
            // A late word of a link that was given up.
            return []
        }
    }

    /// The older instance is gone, so the younger one is there in all likelihood: it does not wait any longer.
    private mutating func previousClosed(
        _ link: Established,
        reason: String?,
        of peer: inout Peer,
        at now: Instant
    ) -> [Action] {
        peer.previous = nil
        self.endpointByConnect[link.id] = nil
        self.connectedCount -= 1
        switch peer.phase {
        case .waiting, .refused:
            peer.failures = 0
            self.enqueue(&peer)
        case .queued, .connecting, .connected, .disconnecting: break
        }
        self.peers[link.node.endpoint] = peer
        return [.linkDown(link.node, reason: reason ?? "closed")] + self.startConnects(at: now)
    }

    mutating func disconnectFinished(_ id: ConnectID, at now: Instant) -> [Action] {
        guard let endpoint = self.endpointByConnect[id], self.disconnects[endpoint]?.remove(id) != nil else {
            return []
        }
        self.endpointByConnect[id] = nil
        if self.disconnects[endpoint]?.isEmpty == true { self.disconnects[endpoint] = nil }
        guard var peer = self.peers[endpoint] else { return [] }
        guard case .disconnecting(id, let reason) = peer.phase else {
            if case .queued(let line) = peer.phase { self.queue.append(endpoint, to: line) }
            return self.startConnects(at: now)
        }
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
        while let due = self.deadlines.pop(at: now) {
            guard self.holds(due) else { continue }
            switch due.subject {
            case .disconnect(let id):
                actions.append(.cancelDisconnect(id))
                actions += self.disconnectFinished(id, at: now)
            case .connect(let id):
                actions += self.becomeOverdue(id)
            case .wait(let endpoint):
                guard var peer = self.peers[endpoint] else { continue }
                self.enqueue(&peer)
                self.peers[endpoint] = peer
            }
        }
        return actions + self.startConnects(at: now)
    }

    private mutating func becomeOverdue(_ id: ConnectID) -> [Action] {
        guard let (endpoint, found, running) = self.attempt(id) else { return [] }
        var (peer, attempt) = (found, running)
        // It gives its slot back, so that one that ignores its cancellation holds up nobody else.
        self.queue.becameOverdue(attempt.line)
        attempt.isOverdue = true
        peer.phase = .connecting(attempt)
        peer.lastError = "no link within \(self.configuration.connectTimeout)"
        self.peers[endpoint] = peer
        return [.connectOverdue(peer.actual)] + (attempt.isCancelled ? [] : [.cancelConnect(id)])
    }

    private func attempt(_ id: ConnectID) -> (Endpoint, Peer, Attempt)? {
        guard let endpoint = self.endpointByConnect[id], let peer = self.peers[endpoint],
            case .connecting(let attempt) = peer.phase, attempt.id == id
        else { return nil }
        return (endpoint, peer, attempt)
    }

    /// How many times as long the longest wait is for a peer that has never been connected.
    ///
    /// It may have been made up; one that is really there dials this node when it starts, and has a new instance then.
    static let patienceWithStrangers = 4

    private mutating func backOff(_ peer: inout Peer, _ message: String, at now: Instant) -> Action {
        peer.failures += 1
        peer.lastError = message
        let delay = self.wait(&peer, at: now)
        return .connectFailed(peer.node, failures: peer.failures, retryIn: delay, message: message)
    }

    /// Has a peer wait for as long as its failures ask for.
    @discardableResult
    mutating func wait(_ peer: inout Peer, at now: Instant) -> Duration {
        peer.actual = peer.node
        var backoff = self.configuration.backoff
        if !peer.hasBeenUp { backoff.maximum = backoff.maximum * Self.patienceWithStrangers }
        let delay = backoff.delay(afterFailures: peer.failures, using: &self.generator)
        let until = now.advanced(by: delay)
        peer.phase = .waiting(until: until)
        self.insertDeadline(at: until, .wait(peer.node.endpoint))
        return delay
    }

    // MARK: Deadlines

    /// A call begins now, or a wait ends then.
    mutating func insertDeadline(at time: Instant, _ subject: ReconcilerDeadlines.Subject) {
        let at =
            switch subject {
            case .connect, .disconnect: time.advanced(by: self.configuration.connectTimeout)
            case .wait: time
            }
        if self.deadlines.isFull {
            let copy = self
            self.deadlines.sweep { copy.holds($0) }
        }
        self.deadlines.insert(.init(at: at, subject: subject))
    }

    /// Whether what the deadline is for still goes on, and as it was then.
    private func holds(_ deadline: ReconcilerDeadlines.Deadline) -> Bool {
        switch deadline.subject {
        case .disconnect(let id):
            return self.endpointByConnect[id].map { self.disconnects[$0]?.contains(id) ?? false } ?? false
        case .connect(let id): return self.attempt(id).map { !$0.2.isOverdue } ?? false
        case .wait(let endpoint):
            guard case .waiting(let until) = self.peers[endpoint]?.phase else { return false }
            return until == deadline.at
        }
    }
}
