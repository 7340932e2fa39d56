internal import Metrics

/// The metrics of one cluster; each has the dimension `cluster`, none a node's name.
///
/// A cluster without a connector has none of those about connects and connected peers.
///
/// | name | kind | further dimensions | meaning |
/// |---|---|---|---|
/// | `cluster_peers_known` | gauge | | peers that are known |
/// | `cluster_peers_connected` | gauge | | peers whose link is up |
/// | `cluster_peers_refused` | counter | | newcomers that found no room |
/// | `cluster_peers_not_allowed` | counter | | peers that `allowedEndpoints` did not hold |
/// | `cluster_connects` | counter | | connects that were begun |
/// | `cluster_connects_failed` | counter | | connects that have failed, or links that closed soon |
/// | `cluster_connect_duration` | timer | | time from the begin of a connect to its link |
/// | `cluster_endpoint_conflicts` | counter | `endpoint` | endpoints that two living nodes claim: `local` or `peer` |
/// | `cluster_events_missed` | counter | | events that subscribers missed because they fell behind |
/// | `cluster_strategy_active` | gauge | `strategy` | 1 while a strategy is proven to work, otherwise 0 |
/// | `cluster_strategy_restarts` | counter | `strategy` | strategies that had to be started again |
/// | `cluster_strategy_impaired` | counter | `strategy`, `code` | times that a strategy ceased to work |
struct ClusterMetrics: Sendable {
    private let factory: any MetricsFactory
    private let dimensions: [(String, String)]
    private let known: Gauge
    /// Nil where the cluster only discovers, as all that is about links.
    private let connected: Gauge?
    private let refusedCounter: Counter
    private let notAllowedCounter: Counter
    private let connects: Counter?
    private let failures: Counter?
    private let missed: Counter
    private let duration: Timer?

    init(cluster: String, linksPeers: Bool = true, factory: any MetricsFactory) {
        let dimensions = [("cluster", cluster)]
        self.factory = factory
        self.dimensions = dimensions
        self.known = Gauge(label: "cluster_peers_known", dimensions: dimensions, factory: factory)
        self.connected =
            linksPeers ? Gauge(label: "cluster_peers_connected", dimensions: dimensions, factory: factory) : nil
        self.refusedCounter = Counter(label: "cluster_peers_refused", dimensions: dimensions, factory: factory)
        self.notAllowedCounter = Counter(
            label: "cluster_peers_not_allowed",
            dimensions: dimensions,
            factory: factory
        )
        self.connects =
            linksPeers ? Counter(label: "cluster_connects", dimensions: dimensions, factory: factory) : nil
        self.failures =
            linksPeers ? Counter(label: "cluster_connects_failed", dimensions: dimensions, factory: factory) : nil
        self.missed = Counter(label: "cluster_events_missed", dimensions: dimensions, factory: factory)
        self.duration =
            linksPeers ? Timer(label: "cluster_connect_duration", dimensions: dimensions, factory: factory) : nil
    }

    func peers(known: Int, connected: Int) {
        self.known.record(known)
        self.connected?.record(connected)
    }

    func refused() { self.refusedCounter.increment() }

    func notAllowed() { self.notAllowedCounter.increment() }

    func endpointConflict(isLocal: Bool) {
        self.counter("cluster_endpoint_conflicts", [("endpoint", isLocal ? "local" : "peer")]).increment()
    }

    func connectBegan() { self.connects?.increment() }

    func connectFailed() { self.failures?.increment() }

    func eventsMissed(_ count: Int) { self.missed.increment(by: count) }

    func linkUp(after duration: Duration) {
        self.duration?.recordNanoseconds(Int64(duration / .nanoseconds(1)))
    }

    func strategyRestarted(_ name: String) {
        self.counter("cluster_strategy_restarts", [("strategy", name)]).increment()
    }

    /// Counts what an event tells of; the rest is counted where it is decided.
    func event(_ event: ClusterEvent) {
        switch event {
        case .strategyChanged(let name, let condition): self.strategyChanged(name, condition)
        case .endpointConflict(_, let isLocal): self.endpointConflict(isLocal: isLocal)
        case .peerDiscovered, .peerUpdated, .peerReplaced, .peerConnected, .peerDisconnected, .connectFailed,
            .connectRefused, .peerUnvouched, .peerForgotten, .missed:
            break
        }
    }

    func strategyChanged(_ name: String, _ condition: StrategyCondition) {
        Gauge(
            label: "cluster_strategy_active",
            dimensions: self.dimensions + [("strategy", name)],
            factory: self.factory
        ).record(condition.state == .active ? 1 : 0)
        guard condition.state == .impaired, let code = condition.code else { return }
        self.counter("cluster_strategy_impaired", [("strategy", name), ("code", code)]).increment()
    }

    private func counter(_ label: String, _ more: [(String, String)]) -> Counter {
        Counter(label: label, dimensions: self.dimensions + more, factory: self.factory)
    }
}
