internal import Locking
internal import Logging

/// What a cluster logs: for an operator what happens once, at info; what somebody must act on, at warning.
///
/// Peers that come and go by the hundred do not fill the log: beyond some lines at once and one a second they are counted
/// instead. Strangers do not use up the lines of peers that are or were connected.
final class ClusterLog: Sendable {
    private struct Budgets {
        /// For lines about peers that are or were connected.
        var proven = LineBudget()
        /// For all others; anybody may have announced them.
        var unproven = LineBudget()
        /// For lines about strategies: one that comes and goes every second is told of six times a minute in the end.
        var strategies = LineBudget(burst: 20, interval: .seconds(10))
        var hasSaidRefused = false
        /// The causes that were told since each strategy last worked.
        var causes: [String: Set<String>] = [:]
    }

    private let logger: Logger
    private let clock: ClusterClock
    private let budgets = Locked(Budgets())

    init(logger: Logger, clock: ClusterClock) {
        self.logger = logger
        self.clock = clock
    }

    func event(_ event: ClusterEvent) {
        switch event {
        case .peerDiscovered(let node):
            self.logger.debug("Peer discovered", metadata: Self.peer(node))
        case .peerUpdated(let node):
            self.logger.debug("Peer says something else of itself", metadata: Self.peer(node))
        case .peerReplaced(let node, _):
            self.info("Peer has restarted", Self.peer(node), isProven: false)
        case .peerConnected(let node):
            self.info("Peer connected", Self.peer(node), isProven: true)
        case .peerDisconnected(let node, let reason):
            self.info("Peer disconnected", Self.peer(node, [LogKey.reason: "\(reason)"]), isProven: true)
        case .connectFailed(let node, let failures, let delay, let message):
            // The first failure of a series tells; the rest is for an operator that looks closer.
            let metadata = Self.peer(
                node,
                [LogKey.failures: "\(failures)", LogKey.delay: "\(delay)", LogKey.reason: "\(message)"]
            )
            if failures == 1 {
                self.info("Connect failed, trying again", metadata, isProven: false)
            } else {
                self.logger.debug("Connect failed, trying again", metadata: metadata)
            }
        case .connectRefused(let node, let message):
            self.info(
                "Another instance answers at a peer's address; the known one is not tried again",
                Self.peer(node, [LogKey.reason: "\(message)"]),
                isProven: false
            )
        case .peerVouchersChanged(let node, let strategies):
            let names = strategies.joined(separator: ", ")
            self.logger.debug(
                "Other strategies vouch for a peer",
                metadata: Self.peer(node, [LogKey.strategy: "\(names)"])
            )
        case .peerUnvouched(let node, let reason):
            let metadata = Self.peer(node, [LogKey.reason: "\(reason)"])
            self.info("Peer is no longer announced, kept for its link", metadata, isProven: true)
        case .peerForgotten(let node, let reason):
            self.info("Peer forgotten", Self.peer(node, [LogKey.reason: "\(reason)"]), isProven: false)
        case .strategyChanged(let name, let condition):
            self.strategy(name, condition)
        case .endpointConflict(let endpoint, isLocal: true):
            self.logger.warning(
                "Another living node claims this node's own endpoint, and peers may reach it instead; give each node an address of its own",
                metadata: [LogKey.peer: "\(endpoint)"]
            )
        case .endpointConflict(let endpoint, isLocal: false):
            self.logger.warning(
                "Two living nodes claim the same endpoint, and only one of them is connected; give each node an address of its own",
                metadata: [LogKey.peer: "\(endpoint)"]
            )
        case .missed:
            break
        }
    }

    private func strategy(_ name: String, _ condition: StrategyCondition) {
        var metadata: Logger.Metadata = [LogKey.strategy: "\(name)"]
        if let code = condition.code { metadata[LogKey.code] = "\(code)" }
        if let message = condition.message { metadata[LogKey.explanation] = "\(message)" }
        switch condition.state {
        case .starting, .stopped: self.logger.debug("Strategy is starting or has stopped", metadata: metadata)
        case .active:
            self.budgets.withLock { $0.causes[name] = nil }
            guard self.mayTellOfStrategies() else { return }
            self.logger.info("Strategy works", metadata: metadata)
        case .impaired:
            // Causes alternate during one outage: each is told once.
            let isNew =
                self.budgets.withLock { $0.causes[name, default: []].insert(condition.code ?? "").inserted }
                && self.mayTellOfStrategies()
            self.logger.log(
                level: isNew ? .warning : .debug,
                "Strategy does not work now; links stay up, and it is tried again for as long as the cluster runs",
                metadata: metadata
            )
        }
    }

    private func mayTellOfStrategies() -> Bool {
        let now = self.clock.now
        let (isAllowed, suppressed) = self.budgets.withLock { $0.strategies.take(at: now) }
        if suppressed > 0 {
            self.logger.warning(
                "Lines about strategies were left out, since they come and go too often",
                metadata: [LogKey.suppressed: "\(suppressed)"]
            )
        }
        return isAllowed
    }

    func connectOverdue(_ node: Node) {
        self.info("Connect takes too long and is cancelled", Self.peer(node), isProven: false)
    }

    func foundSelf(_ node: Node) {
        self.info("A peer turned out to be this node itself; it is not tried again", Self.peer(node), isProven: false)
    }

    func notAllowed(_ node: Node) {
        let message: Logger.Message =
            "A peer's address is not among the allowed endpoints, and it is not connected; counted in cluster_peers_not_allowed_total"
        self.info(message, Self.peer(node), isProven: false)
    }

    func loopbackMixed(_ node: Node) {
        self.logger.warning(
            "This node or the peer announces a loopback address, and the other one does not; announce an address that every peer can reach",
            metadata: Self.peer(node)
        )
    }

    func refused() {
        let isFirst = self.budgets.withLock { budget in
            defer { budget.hasSaidRefused = true }
            return !budget.hasSaidRefused
        }
        guard isFirst else { return }
        self.logger.warning(
            "More peers than maximumPeers; newcomers are refused until there is room, and counted in cluster_peers_refused_total"
        )
    }

    /// One line about one peer, unless there have been too many.
    private func info(
        _ message: Logger.Message,
        _ metadata: @autoclosure () -> Logger.Metadata,
        isProven: Bool
    ) {
        let now = self.clock.now
        let (isAllowed, suppressed) = self.budgets.withLock { budgets in
            isProven ? budgets.proven.take(at: now) : budgets.unproven.take(at: now)
        }
        if suppressed > 0 {
            self.logger.info(
                "Lines about single peers were left out, since there were too many",
                metadata: [LogKey.suppressed: "\(suppressed)"]
            )
        }
        guard isAllowed else { return }
        self.logger.info(message, metadata: metadata())
    }

    private static func peer(_ node: Node, _ more: Logger.Metadata = [:]) -> Logger.Metadata {
        var metadata = more
        metadata[LogKey.peer] = "\(node.endpoint)"
        if let instance = node.instance { metadata[LogKey.instance] = "\(instance)" }
        return metadata
    }
}
