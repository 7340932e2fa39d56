/// Everything a cluster decides, as a value: evidence and what became of connects go in, effects come out.
///
/// It joins ``Membership`` (which peers are known), ``LinkSelection`` (which are to be linked) and ``Reconciler`` (how to get there).
package struct ClusterMachine: Sendable {
    package enum Effect: Sendable {
        case connect(Node, Reconciler.ConnectID)
        case cancelConnect(Reconciler.ConnectID)
        case disconnect(Node, DisconnectReason, Reconciler.ConnectID)
        case cancelDisconnect(Reconciler.ConnectID)
        /// The connector has no such link any more, and has not said so.
        case abandon(Reconciler.ConnectID)
        case event(ClusterEvent)
        case linkUp(after: Duration)
        case connectFailed
        case connectOverdue(Node)
        case foundSelf(Node)
        case refused
        /// The configuration does not allow to connect to it.
        case notAllowed(Node)
        /// One of this node and the peer has an address that only its own machine reaches, and the other has not.
        case loopbackMixed(Node)
        /// All links are closed, or there was no time left for it.
        case drained
    }

    private var localNode: Node
    /// Whether the local node only observes, and is at no address.
    let isObserver: Bool
    /// Whether there is a connector; without one the cluster only discovers.
    let linksPeers: Bool
    let names: [String]
    private let shutdownTimeout: Duration
    private var membership: Membership
    private var selection: LinkSelection
    private var reconciler: Reconciler
    private var conditions: [StrategyCondition]
    private var hasBeenProven = false
    private var refusedPeers = 0
    private let allowedEndpoints: AllowedEndpoints
    /// The known peers that the configuration does not allow to connect to.
    private var notAllowed: Set<Endpoint> = []
    private var hasSaidLoopback = false
    private var startedAt: Instant?
    /// Until when the strategies may say goodbye before the links are closed.
    private var goodbyeDeadline: Instant?
    private var shutdownDeadline: Instant?
    private var isDrained = false
    /// Links that the policy has no use for any more; they are kept until those that it wants instead are up.
    private var surplus: Set<Endpoint> = []
    private var conflicts: EndpointConflicts
    /// Grows when the list of peers may have changed.
    private(set) var listVersion: UInt64 = 0

    package init(
        localNode: Node,
        strategies names: [String],
        linksPeers: Bool = true,
        isObserver: Bool = false,
        configuration: ClusterConfiguration,
        seed: UInt64
    ) {
        self.localNode = localNode
        self.linksPeers = linksPeers
        self.isObserver = isObserver
        self.names = names
        self.shutdownTimeout = configuration.shutdownTimeout
        self.membership = Membership(
            local: localNode,
            maximumPeers: configuration.maximumPeers,
            policy: configuration.departurePolicy,
            strategies: names.count,
            areLinked: linksPeers
        )
        self.selection = LinkSelection(local: localNode, policy: configuration.linkPolicy)
        self.reconciler = Reconciler(
            configuration: .init(
                maximumConcurrentConnects: configuration.maximumConcurrentConnects,
                connectTimeout: configuration.connectTimeout,
                backoff: configuration.retryBackoff,
                budget: ConnectBudget(
                    perSecond: configuration.newPeerConnectsPerSecond,
                    atOnce: configuration.maximumConcurrentConnects
                )
            ),
            seed: seed
        )
        self.allowedEndpoints = configuration.allowedEndpoints
        self.conflicts = EndpointConflicts(local: localNode.endpoint)
        self.conditions = names.map { _ in .starting }
    }

    var phase: ClusterStatus.Phase {
        if self.isDrained { return .stopped }
        if self.goodbyeDeadline != nil || self.shutdownDeadline != nil { return .stopping }
        return self.startedAt == nil ? .idle : .running
    }

    var nextDeadline: Instant? {
        guard !self.isDrained else { return nil }
        return [self.reconciler.nextDeadline, self.shutdownDeadline ?? self.goodbyeDeadline].compactMap { $0 }.min()
    }

    package var knownCount: Int { self.membership.peers.count }
    package var connectedCount: Int { self.reconciler.connectedCount }

    /// The local node says something else of itself.
    mutating func says(_ metadata: [String: String]) -> [Effect] {
        self.localNode.metadata = metadata
        return []
    }

    // MARK: Life

    package mutating func started(at now: Instant) {
        self.startedAt = now
    }

    /// The strategies were told to say goodbye: a peer that drops this node for that is not to be connected again.
    mutating func saysGoodbye(at now: Instant) -> [Effect] {
        self.reconciler.stopConnecting()
        self.goodbyeDeadline = now.advanced(by: self.shutdownTimeout)
        return []
    }

    /// The strategies have ended, or had time enough for it: every link is to be closed.
    mutating func shutDown(at now: Instant) -> [Effect] {
        guard self.shutdownDeadline == nil else { return [] }
        self.reconciler.stopConnecting()
        self.shutdownDeadline = now.advanced(by: self.shutdownTimeout)
        let endpoints = Array(self.reconciler.peers.keys)
        let actions = endpoints.flatMap { self.reconciler.unwant($0, reason: .shutdown, at: now) }
        return self.perform(actions, at: now) + self.drainedIfSo(at: now)
    }

    private mutating func drainedIfSo(at now: Instant) -> [Effect] {
        guard let deadline = self.shutdownDeadline, !self.isDrained else { return [] }
        guard self.reconciler.isEmpty || deadline <= now else { return [] }
        self.isDrained = true
        return [.drained]
    }

    // MARK: Evidence

    package mutating func report(_ evidence: Discovery.Evidence, by strategy: Int, at now: Instant) -> [Effect] {
        self.take(evidence, by: strategy, at: now) + self.tellVouchers()
    }

    /// Of whom other strategies vouch than before; with one strategy nothing else is told by that.
    private mutating func tellVouchers() -> [Effect] {
        let peers = self.membership.takeRevouched()
        guard self.names.count > 1 else { return [] }
        return peers.map { .event(.peerVouchersChanged($0.node, strategies: self.names(of: $0))) }
    }

    private mutating func take(_ evidence: Discovery.Evidence, by strategy: Int, at now: Instant) -> [Effect] {
        if case .condition(let condition) = evidence { return self.report(condition, by: strategy) }
        // What comes before the start or during the end changes nothing.
        guard self.phase == .running else { return [] }
        switch evidence {
        case .found(let node):
            return self.apply(self.membership.found(node, by: strategy, at: now), at: now)
        case .heardOf(let node):
            return self.apply(self.membership.found(node, isHearsay: true, by: strategy, at: now), at: now)
        case .lost(let node, let reason):
            return self.apply(self.membership.lost(node, reason: reason, by: strategy), at: now)
        case .replaceAll(let nodes):
            return self.answered(by: strategy)
                + self.apply(self.membership.replaceAll(with: nodes, by: strategy, at: now), at: now)
        case .conflict(let endpoint):
            return self.reportConflict(at: endpoint)
        case .condition:
            return []
        }
    }

    private mutating func reportConflict(at endpoint: Endpoint) -> [Effect] {
        self.conflicts.isNew(at: endpoint)
            ? [.event(.endpointConflict(endpoint, isLocal: endpoint == self.localNode.endpoint))] : []
    }

    /// A whole list is proof that the strategy works, unless it says something else of itself.
    private mutating func answered(by strategy: Int) -> [Effect] {
        let condition = self.conditions[strategy]
        guard condition.state == .starting || condition.code == Self.strategyFailed else { return [] }
        return self.report(.active, by: strategy)
    }

    private static let strategyFailed = "strategy_failed"

    /// The strategy has thrown, or has returned although it was not cancelled.
    mutating func strategyFailed(_ message: String, at strategy: Int) -> [Effect] {
        self.report(.impaired(code: Self.strategyFailed, message: message), by: strategy)
    }

    mutating func report(_ condition: StrategyCondition, by strategy: Int) -> [Effect] {
        var condition = condition
        // They go into logs and metrics, and not every strategy is ours.
        condition.code = condition.code.map(ErrorText.line)
        condition.message = condition.message.map(ErrorText.line)
        guard self.conditions[strategy] != condition else { return [] }
        self.conditions[strategy] = condition
        if condition.state == .active { self.hasBeenProven = true }
        return [.event(.strategyChanged(name: self.names[strategy], condition))]
    }

    private mutating func apply(_ changes: [Membership.Change], at now: Instant) -> [Effect] {
        changes.flatMap { self.apply($0, at: now) }
    }

    private mutating func apply(_ change: Membership.Change, at now: Instant) -> [Effect] {
        self.listVersion += 1
        switch change {
        case .discovered(let node):
            return [.event(.peerDiscovered(node))] + self.judgeAddress(of: node) + self.select(node, at: now)
        case .updated(let node):
            return [.event(.peerUpdated(node))] + self.select(node, at: now)
        case .replaced(let node, let previous):
            var effects = [.event(.peerReplaced(node, previous: previous))] + self.select(node, at: now)
            if !self.selection.contains(node.endpoint) {
                effects += self.perform(self.reconciler.unwant(node.endpoint, reason: .replaced, at: now), at: now)
            }
            return effects
        case .vouchedAgain(let node), .confirmed(let node):
            return self.select(node, at: now)
        case .unvouched(let node, let reason):
            return self.perform(self.reconciler.keep(node.endpoint, reason: .lost, at: now), at: now)
                + [.event(.peerUnvouched(node, reason))]
        case .relink(let node):
            return self.perform(self.reconciler.relink(node, at: now), at: now)
        case .forgotten(let node, let reason):
            self.notAllowed.remove(node.endpoint)
            let reasonToDisconnect: DisconnectReason = reason == .left ? .peerLeft : .lost
            let actions = self.reconciler.unwant(node.endpoint, reason: reasonToDisconnect, at: now)
            return self.perform(actions, at: now) + [.event(.peerForgotten(node, reason))]
                + self.apply(self.selection.remove(node.endpoint), at: now)
        case .refused:
            self.refusedPeers += 1
            return [.refused]
        case .conflict(let node):
            return self.reportConflict(at: node.endpoint)
        }
    }

    /// What is to be said of the address of a peer that has just become known.
    private mutating func judgeAddress(of node: Node) -> [Effect] {
        var effects: [Effect] = []
        if !self.allowedEndpoints.contains(node.endpoint) {
            self.notAllowed.insert(node.endpoint)
            effects.append(.notAllowed(node))
        }
        if !self.hasSaidLoopback, !self.isObserver, node.endpoint.isLoopback != self.localNode.endpoint.isLoopback {
            self.hasSaidLoopback = true
            effects.append(.loopbackMixed(node))
        }
        return effects
    }

    private mutating func select(_ node: Node, at now: Instant) -> [Effect] {
        guard self.linksPeers, !self.notAllowed.contains(node.endpoint) else { return [] }
        let change = self.selection.add(node)
        var effects = self.apply(change, at: now)
        if self.selection.contains(node.endpoint), !change.wanted.contains(node.endpoint) {
            effects += self.want(node, at: now)
        }
        return effects
    }

    private mutating func want(_ node: Node, at now: Instant) -> [Effect] {
        let isHearsay = self.membership[node.endpoint]?.isHearsay ?? false
        return self.perform(self.reconciler.want(node, isHearsay: isHearsay, at: now), at: now)
    }

    private mutating func apply(_ change: LinkSelection.Change, at now: Instant) -> [Effect] {
        var effects: [Effect] = []
        for endpoint in change.unwanted {
            if self.reconciler.isConnected(endpoint) { self.surplus.insert(endpoint) }
            effects += self.perform(self.reconciler.keep(endpoint, reason: .notWanted, at: now), at: now)
        }
        for endpoint in change.wanted {
            self.surplus.remove(endpoint)
            // A peer that is forgotten with its link during the end makes no room for others.
            guard self.phase == .running else { continue }
            // One that nobody vouches for has its link, and is not to be dialled again.
            guard let peer = self.membership[endpoint], peer.vouchers != 0 else { continue }
            effects += self.want(peer.node, at: now)
        }
        return effects
    }

    /// Closes links that the policy has no use for, as soon as enough of those are up that it wants.
    private mutating func closeSurplus(at now: Instant) -> [Effect] {
        var effects: [Effect] = []
        while self.reconciler.connectedCount > self.selection.limit,
            let endpoint = self.surplus.min(by: { self.selection.weight(of: $0) < self.selection.weight(of: $1) })
        {
            self.surplus.remove(endpoint)
            effects += self.perform(self.reconciler.unwant(endpoint, reason: .notWanted, at: now), at: now)
        }
        return effects
    }

    // MARK: Links

    package mutating func connectSucceeded(_ id: Reconciler.ConnectID, at now: Instant) -> [Effect] {
        self.perform(self.reconciler.connectSucceeded(id, at: now), at: now)
    }

    mutating func connectFailed(
        _ id: Reconciler.ConnectID,
        message: String,
        refusal: ConnectRefusal? = nil,
        at now: Instant
    ) -> [Effect] {
        let actions = self.reconciler.connectFailed(id, message: message, refusal: refusal, at: now)
        return self.perform(actions, at: now) + self.drainedIfSo(at: now)
    }

    mutating func linkClosed(_ id: Reconciler.ConnectID, reason: String?, at now: Instant) -> [Effect] {
        self.perform(self.reconciler.linkClosed(id, reason: reason, at: now), at: now)
    }

    package mutating func disconnectFinished(_ id: Reconciler.ConnectID, at now: Instant) -> [Effect] {
        self.perform(self.reconciler.disconnectFinished(id, at: now), at: now) + self.drainedIfSo(at: now)
    }

    /// The links that the connector said it had when it was asked; the others have broken without a word.
    mutating func checkLinks(_ endpoints: Set<Endpoint>, askedAt: Instant, at now: Instant) -> [Effect] {
        let broken = self.reconciler.peers.flatMap { endpoint, peer -> [Reconciler.ConnectID] in
            guard !endpoints.contains(endpoint) else { return [] }
            // A link that came up while the connector was asked is not in its answer yet.
            return peer.links.filter { $0.since < askedAt }.map(\.id)
        }
        return broken.flatMap {
            [.abandon($0)] + self.linkClosed($0, reason: "the connector has no such link", at: now)
        }
    }

    mutating func timerFired(at now: Instant) -> [Effect] {
        let effects = self.perform(self.reconciler.timerFired(at: now), at: now) + self.drainedIfSo(at: now)
        guard let deadline = self.goodbyeDeadline, deadline <= now else { return effects }
        return effects + self.shutDown(at: now)
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
        case .disconnect(let node, let reason, let id):
            return [.disconnect(node, reason, id)]
        case .cancelDisconnect(let id):
            return [.cancelDisconnect(id)]
        case .linkUp(let node, let duration):
            self.membership.linkUp(node)
            return [.linkUp(after: duration), .event(.peerConnected(node))] + self.closeSurplus(at: now)
        case .linkDown(let node, let reason):
            self.surplus.remove(node.endpoint)
            let event = Effect.event(.peerDisconnected(node, reason: reason))
            return [event] + self.apply(self.membership.linkDown(node.endpoint), at: now)
        case .connectFailed(let node, let failures, let delay, let message):
            let event = ClusterEvent.connectFailed(node, failures: failures, retryIn: delay, message: message)
            return [.connectFailed, .event(event)]
        case .connectRefused(let node, let message):
            return [.connectFailed, .event(.connectRefused(node, message: message))]
        case .connectOverdue(let node):
            return [.connectOverdue(node)]
        case .foundSelf(let node):
            return [.foundSelf(node)] + self.apply(self.membership.isLocal(node.endpoint), at: now)
        }
    }

    // MARK: What can be asked

    /// The known peers that may be connected, in no order.
    var unsortedPeers: [Node] {
        guard !self.notAllowed.isEmpty else { return self.membership.peers.values.map(\.node) }
        return self.membership.peers.values.compactMap { self.notAllowed.contains($0.node.endpoint) ? nil : $0.node }
    }

    /// The peers that count for readiness, and for those who wait: the connected ones, where there are links.
    var countedPeers: Int {
        self.linksPeers ? self.connectedCount : self.knownCount - self.notAllowed.count
    }

    /// The state of all, with the peers in no order.
    func status(at now: Instant) -> ClusterStatus {
        ClusterStatus(
            localNode: self.localNode,
            linksPeers: self.linksPeers,
            isObserver: self.isObserver,
            phase: self.phase,
            uptime: self.startedAt.map { $0.duration(to: now) } ?? .zero,
            peers: self.membership.peers.values.map { self.status(of: $0, at: now) },
            strategies: self.strategies,
            refusedPeers: self.refusedPeers
        )
    }

    func readiness(minimumPeers: Int, graceTime: Duration, at now: Instant) -> Readiness {
        let uptime = self.startedAt.map { $0.duration(to: now) } ?? .zero
        return .judge(
            phase: self.phase,
            strategies: self.strategies,
            hasBeenProven: self.hasBeenProven,
            counted: self.countedPeers,
            known: self.linksPeers ? self.knownCount : nil,
            minimumPeers: minimumPeers,
            isGraceOver: uptime >= graceTime
        )
    }

    var strategies: [ClusterStatus.Strategy] {
        zip(self.names, self.conditions).map { .init(name: $0, condition: $1) }
    }

    private func status(of peer: Membership.Peer, at now: Instant) -> ClusterStatus.Peer {
        .init(
            node: peer.node,
            link: self.notAllowed.contains(peer.node.endpoint)
                ? .notAllowed : self.linkState(self.reconciler[peer.node.endpoint], at: now),
            strategies: self.names(of: peer)
        )
    }

    /// The strategies that vouch for a peer, by their names.
    private func names(of peer: Membership.Peer) -> [String] {
        self.names.enumerated().filter { peer.vouchers & (1 << UInt64($0.offset)) != 0 }.map(\.element)
    }

    /// How many peers each strategy vouches for, in their order: a list of its own, since the machine changes its in place.
    var vouchedCounts: [Int] { self.membership.vouchedCounts.map { $0 } }

    private func linkState(_ peer: Reconciler.Peer?, at now: Instant) -> ClusterStatus.Peer.LinkState {
        guard let peer else { return .notWanted }
        if peer.previous != nil { return .connected }
        return switch peer.phase {
        case .queued: .queued
        case .waiting(let until):
            .retrying(
                failures: peer.failures,
                in: max(.zero, now.duration(to: until)),
                lastError: peer.lastError ?? ""
            )
        case .refused: .refused(reason: peer.lastError ?? "")
        case .connecting(let attempt): .connecting(isOverdue: attempt.isOverdue)
        case .connected: .connected
        case .disconnecting: .disconnecting
        }
    }
}
