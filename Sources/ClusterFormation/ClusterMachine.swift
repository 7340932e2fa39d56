/// Everything a cluster decides, as a value: evidence and what became of connects go in, effects come out.
///
/// It joins ``Membership`` (who is known), ``LinkSelection`` (who is to be linked) and ``Reconciler`` (how to get there).
struct ClusterMachine: Sendable {
    enum Effect: Sendable {
        case connect(Node, Reconciler.ConnectID)
        case cancelConnect(Reconciler.ConnectID)
        case disconnect(Node, DisconnectReason)
        case event(ClusterEvent)
        case linkUp(after: Duration)
        case connectFailed
        case connectOverdue(Node)
        case foundSelf(Node)
        case refused
        /// All links are closed, or there was no time left for it.
        case drained
    }

    private let localNode: Node
    private let names: [String]
    private let shutdownTimeout: Duration
    private var membership: Membership
    private var selection: LinkSelection
    private var reconciler: Reconciler
    private var conditions: [StrategyCondition]
    private var hasBeenProven = false
    private var refusedPeers = 0
    private var startedAt: Instant?
    private var shutdownDeadline: Instant?
    private var isDrained = false
    private var conflicts: Set<InstanceID> = []

    init(localNode: Node, strategies names: [String], configuration: ClusterConfiguration, seed: UInt64) {
        self.localNode = localNode
        self.names = names
        self.shutdownTimeout = configuration.shutdownTimeout
        self.membership = Membership(
            local: localNode,
            maximumPeers: configuration.maximumPeers,
            policy: configuration.departurePolicy
        )
        self.selection = LinkSelection(local: localNode, policy: configuration.linkPolicy)
        self.reconciler = Reconciler(
            configuration: .init(
                maximumConcurrentConnects: configuration.maximumConcurrentConnects,
                connectTimeout: configuration.connectTimeout,
                backoff: configuration.retryBackoff
            ),
            seed: seed
        )
        self.conditions = names.map { _ in .starting }
    }

    var phase: ClusterStatus.Phase {
        if self.isDrained { return .stopped }
        if self.shutdownDeadline != nil { return .stopping }
        return self.startedAt == nil ? .idle : .running
    }

    var nextDeadline: Instant? {
        guard !self.isDrained else { return nil }
        return [self.reconciler.nextDeadline, self.shutdownDeadline].compactMap { $0 }.min()
    }

    var knownCount: Int { self.membership.peers.count }
    var connectedCount: Int { self.reconciler.connectedCount }

    // MARK: Life

    mutating func started(at now: Instant) {
        self.startedAt = now
    }

    /// The strategies have ended: every link is to be closed.
    mutating func shutDown(at now: Instant) -> [Effect] {
        self.shutdownDeadline = now.advanced(by: self.shutdownTimeout)
        let endpoints = Array(self.reconciler.peers.keys)
        let actions = endpoints.flatMap { self.reconciler.unwant($0, reason: .shutdown) }
        return self.perform(actions, at: now) + self.drainedIfSo(at: now)
    }

    private mutating func drainedIfSo(at now: Instant) -> [Effect] {
        guard let deadline = self.shutdownDeadline, !self.isDrained else { return [] }
        guard self.reconciler.peers.isEmpty || deadline <= now else { return [] }
        self.isDrained = true
        return [.drained]
    }

    // MARK: Evidence

    mutating func report(_ evidence: Discovery.Evidence, by strategy: Int, at now: Instant) -> [Effect] {
        // What comes before the start or during the end changes nothing.
        guard self.phase == .running else { return [] }
        switch evidence {
        case .found(let node):
            return self.apply(self.membership.found(node, by: strategy, at: now), at: now)
        case .lost(let node, let reason):
            return self.apply(self.membership.lost(node, reason: reason, by: strategy), at: now)
        case .replaceAll(let nodes):
            return self.apply(self.membership.replaceAll(with: nodes, by: strategy, at: now), at: now)
        case .condition(let condition):
            return self.report(condition, by: strategy)
        }
    }

    mutating func report(_ condition: StrategyCondition, by strategy: Int) -> [Effect] {
        guard self.conditions[strategy] != condition else { return [] }
        self.conditions[strategy] = condition
        if condition.state == .active { self.hasBeenProven = true }
        return [.event(.strategyChanged(name: self.names[strategy], condition))]
    }

    private mutating func apply(_ changes: [Membership.Change], at now: Instant) -> [Effect] {
        changes.flatMap { self.apply($0, at: now) }
    }

    private mutating func apply(_ change: Membership.Change, at now: Instant) -> [Effect] {
        switch change {
        case .discovered(let node):
            return [.event(.peerDiscovered(node))] + self.select(node, at: now)
        case .updated(let node):
            return [.event(.peerUpdated(node))] + self.select(node, at: now)
        case .replaced(let node, let previous):
            return [.event(.peerReplaced(node, previous: previous))] + self.select(node, at: now)
        case .vouchedAgain:
            return []
        case .unvouched(let node, let reason):
            return [.event(.peerUnvouched(node, reason))]
        case .relink(let node):
            return self.perform(self.reconciler.relink(node.endpoint), at: now)
        case .forgotten(let node, let reason):
            let reasonToDisconnect: DisconnectReason = reason == .left ? .peerLeft : .lost
            let actions = self.reconciler.unwant(node.endpoint, reason: reasonToDisconnect)
            return self.perform(actions, at: now) + [.event(.peerForgotten(node, reason))]
                + self.apply(self.selection.remove(node.endpoint), at: now)
        case .refused:
            self.refusedPeers += 1
            return [.refused]
        case .conflict(let node):
            // Bounded, since anybody may announce; after that many, one more says nothing new.
            guard let instance = node.instance, self.conflicts.count < 64,
                self.conflicts.insert(instance).inserted
            else { return [] }
            return [.event(.endpointConflict(node))]
        }
    }

    private mutating func select(_ node: Node, at now: Instant) -> [Effect] {
        let change = self.selection.add(node)
        var effects = self.apply(change, at: now)
        if self.selection.contains(node.endpoint), !change.wanted.contains(node.endpoint) {
            effects += self.perform(self.reconciler.want(node, at: now), at: now)
        }
        return effects
    }

    private mutating func apply(_ change: LinkSelection.Change, at now: Instant) -> [Effect] {
        var effects: [Effect] = []
        for endpoint in change.unwanted {
            effects += self.perform(self.reconciler.unwant(endpoint, reason: .notWanted), at: now)
        }
        for endpoint in change.wanted {
            guard let peer = self.membership[endpoint] else { continue }
            effects += self.perform(self.reconciler.want(peer.node, at: now), at: now)
        }
        return effects
    }

    // MARK: Links

    mutating func connectSucceeded(_ id: Reconciler.ConnectID, at now: Instant) -> [Effect] {
        self.perform(self.reconciler.connectSucceeded(id, at: now), at: now)
    }

    mutating func connectFailed(
        _ id: Reconciler.ConnectID,
        message: String,
        isLocalNode: Bool,
        at now: Instant
    ) -> [Effect] {
        let actions = self.reconciler.connectFailed(id, message: message, isLocalNode: isLocalNode, at: now)
        return self.perform(actions, at: now) + self.drainedIfSo(at: now)
    }

    mutating func linkClosed(_ id: Reconciler.ConnectID, reason: String?, at now: Instant) -> [Effect] {
        self.perform(self.reconciler.linkClosed(id, reason: reason, at: now), at: now)
    }

    mutating func disconnectFinished(_ endpoint: Endpoint, at now: Instant) -> [Effect] {
        self.perform(self.reconciler.disconnectFinished(endpoint, at: now), at: now) + self.drainedIfSo(at: now)
    }

    /// The links that the connector says it has; the others have broken without a word.
    mutating func checkLinks(_ endpoints: Set<Endpoint>, at now: Instant) -> [Effect] {
        let broken = self.reconciler.peers.compactMap { endpoint, peer -> Reconciler.ConnectID? in
            guard case .connected(let id, _) = peer.phase, !endpoints.contains(endpoint) else { return nil }
            return id
        }
        return broken.flatMap { self.linkClosed($0, reason: "the connector has no such link", at: now) }
    }

    mutating func timerFired(at now: Instant) -> [Effect] {
        self.perform(self.reconciler.timerFired(at: now), at: now) + self.drainedIfSo(at: now)
    }

    private mutating func perform(_ actions: [Reconciler.Action], at now: Instant) -> [Effect] {
        actions.flatMap { self.perform($0, at: now) }
    }

    private mutating func perform(_ action: Reconciler.Action, at now: Instant) -> [Effect] {
        switch action {
        case .connect(let node, let id):
            return [.connect(node, id)]
        case .cancelConnect(let id):
            return [.cancelConnect(id)]
        case .disconnect(let node, let reason):
            return [.disconnect(node, reason)]
        case .linkUp(let node, let duration):
            self.membership.linkUp(node.endpoint)
            return [.linkUp(after: duration), .event(.peerConnected(node))]
        case .linkDown(let node, let reason):
            let event = Effect.event(.peerDisconnected(node, reason: reason))
            return [event] + self.apply(self.membership.linkDown(node.endpoint), at: now)
        case .connectFailed(let node, let failures, let delay, let message):
            let event = ClusterEvent.connectFailed(node, failures: failures, retryIn: delay, message: message)
            return [.connectFailed, .event(event)]
        case .connectOverdue(let node):
            return [.connectOverdue(node)]
        case .foundSelf(let node):
            self.membership.forget(node.endpoint)
            return [.foundSelf(node)] + self.apply(self.selection.remove(node.endpoint), at: now)
        }
    }

    // MARK: What can be asked

    func status(at now: Instant) -> ClusterStatus {
        ClusterStatus(
            localNode: self.localNode,
            phase: self.phase,
            uptime: self.startedAt.map { $0.duration(to: now) } ?? .zero,
            peers: self.membership.peers.values.map { self.status(of: $0, at: now) }
                .sorted { ($0.node.endpoint.host, $0.node.endpoint.port) < ($1.node.endpoint.host, $1.node.endpoint.port) },
            strategies: zip(self.names, self.conditions).map { .init(name: $0, condition: $1) },
            refusedPeers: self.refusedPeers
        )
    }

    func readiness(minimumPeers: Int, graceTime: Duration, at now: Instant) -> Readiness {
        .judge(
            self.status(at: now),
            minimumPeers: minimumPeers,
            graceTime: graceTime,
            hasBeenProven: self.hasBeenProven
        )
    }

    private func status(of peer: Membership.Peer, at now: Instant) -> ClusterStatus.Peer {
        let vouching = self.names.enumerated().filter { peer.vouchers & (1 << UInt64($0.offset)) != 0 }
        return .init(
            node: peer.node,
            link: self.linkState(self.reconciler[peer.node.endpoint], at: now),
            strategies: vouching.map(\.element)
        )
    }

    private func linkState(_ peer: Reconciler.Peer?, at now: Instant) -> ClusterStatus.Peer.LinkState {
        guard let peer else { return .notWanted }
        return switch peer.phase {
        case .queued: .queued
        case .waiting(let until):
            .retrying(
                failures: peer.failures,
                in: max(.zero, now.duration(to: until)),
                lastError: peer.lastError ?? ""
            )
        case .connecting(let attempt): .connecting(isOverdue: attempt.isOverdue)
        case .connected: .connected
        case .disconnecting: .disconnecting
        }
    }
}
