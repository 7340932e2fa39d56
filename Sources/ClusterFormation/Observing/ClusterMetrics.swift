internal import Metrics

/// The metrics of one cluster; each has the dimension `cluster`, none a node's name.
///
/// A cluster without a connector has none of those about connects and connected peers. An observer has no gauge of the peers
/// that it knows either: rules count the nodes by that gauge, and an observer is no node and knows one more than each of
/// them.
///
/// The names are those that Prometheus expects, since its backend for swift-metrics exports a label as it is: counters end
/// in `_total`. A timer is handed nanoseconds, and every backend that makes a histogram of it records seconds, so its label
/// ends in `_seconds`.
///
/// What can be made before anything happens is made at once, so that it is exported with zero: a rule that asks by how much
/// a counter has grown does not see the step from nothing to one.
///
/// | name | kind | further dimensions | meaning |
/// |---|---|---|---|
/// | `cluster_peers_known` | gauge | | peers that are known; not of an observer, which is no node |
/// | `cluster_peers_connected` | gauge | | peers whose link is up |
/// | `cluster_peers_refused_total` | counter | | newcomers that found no room |
/// | `cluster_peers_not_allowed_total` | counter | | peers that `allowedEndpoints` did not hold |
/// | `cluster_connects_total` | counter | | connects that were begun |
/// | `cluster_connects_failed_total` | counter | | connects that have failed, or links that closed soon |
/// | `cluster_connect_duration_seconds` | timer | | time from the begin of a connect to its link |
/// | `cluster_endpoint_conflicts_total` | counter | `endpoint` | endpoints that two living nodes claim: `local` or `peer` |
/// | `cluster_events_missed_total` | counter | | events that subscribers missed because they fell behind |
/// | `cluster_strategy_active` | gauge | `strategy` | 1 while a strategy is proven to work, otherwise 0 |
/// | `cluster_strategy_impaired` | gauge | `strategy` | 1 while a strategy does not work and should, otherwise 0 |
/// | `cluster_strategy_peers` | gauge | `strategy` | peers that a strategy vouches for |
/// | `cluster_strategy_restarts_total` | counter | `strategy` | strategies that had to be started again |
/// | `cluster_strategy_impairments_total` | counter | `strategy`, `code` | causes for which a strategy ceased to work |
struct ClusterMetrics: Sendable {
    private let factory: any MetricsFactory
    private let dimensions: [(String, String)]
    /// Nil for an observer.
    private let known: Gauge?
    /// Nil where the cluster only discovers, as all that is about links.
    private let connected: Gauge?
    private let refusedCounter: Counter
    private let notAllowedCounter: Counter
    private let localConflicts: Counter
    private let peerConflicts: Counter
    private let connects: Counter?
    private let failures: Counter?
    private let missed: Counter
    private let duration: Timer?

    init(cluster: String, linksPeers: Bool = true, isObserver: Bool = false, factory: any MetricsFactory) {
        let dimensions = [("cluster", cluster)]
        self.factory = factory
        self.dimensions = dimensions
        self.known =
            isObserver ? nil : Gauge(label: "cluster_peers_known", dimensions: dimensions, factory: factory)
        self.connected =
            linksPeers ? Gauge(label: "cluster_peers_connected", dimensions: dimensions, factory: factory) : nil
        self.refusedCounter = Counter(label: "cluster_peers_refused_total", dimensions: dimensions, factory: factory)
        self.notAllowedCounter = Counter(
            label: "cluster_peers_not_allowed_total",
            dimensions: dimensions,
            factory: factory
        )
        self.localConflicts = Counter(
            label: "cluster_endpoint_conflicts_total",
            dimensions: dimensions + [("endpoint", "local")],
            factory: factory
        )
        self.peerConflicts = Counter(
            label: "cluster_endpoint_conflicts_total",
            dimensions: dimensions + [("endpoint", "peer")],
            factory: factory
        )
        self.connects =
            linksPeers ? Counter(label: "cluster_connects_total", dimensions: dimensions, factory: factory) : nil
        self.failures =
            linksPeers ? Counter(label: "cluster_connects_failed_total", dimensions: dimensions, factory: factory) : nil
        self.missed = Counter(label: "cluster_events_missed_total", dimensions: dimensions, factory: factory)
        self.duration =
            linksPeers
            ? Timer(label: "cluster_connect_duration_seconds", dimensions: dimensions, factory: factory) : nil
    }

    func peers(known: Int, connected: Int) {
        self.known?.record(known)
        self.connected?.record(connected)
    }

    func refused() { self.refusedCounter.increment() }

    func notAllowed() { self.notAllowedCounter.increment() }

    func endpointConflict(isLocal: Bool) {
        (isLocal ? self.localConflicts : self.peerConflicts).increment()
    }

    func connectBegan() { self.connects?.increment() }

    func connectFailed() { self.failures?.increment() }

    func eventsMissed(_ count: Int) { self.missed.increment(by: count) }

    func linkUp(after duration: Duration) {
        self.duration?.recordNanoseconds(Int64(duration / .nanoseconds(1)))
    }

    func strategyRestarted(_ name: String) {
        self.counter("cluster_strategy_restarts_total", [("strategy", name)]).increment()
    }

    /// Counts what an event tells of; the rest is counted where it is decided.
    func event(_ event: ClusterEvent) {
        switch event {
        case .strategyChanged(let name, let condition): self.strategyChanged(name, to: condition)
        case .endpointConflict(_, let isLocal): self.endpointConflict(isLocal: isLocal)
        case .peerDiscovered, .peerUpdated, .peerReplaced, .peerConnected, .peerDisconnected, .connectFailed,
            .connectRefused, .peerVouchersChanged, .peerUnvouched, .peerForgotten, .missed:
            break
        }
    }

    private func strategyChanged(_ name: String, to condition: StrategyCondition) {
        guard condition.state == .impaired, let code = condition.code else { return }
        self.counter("cluster_strategy_impairments_total", [("strategy", name), ("code", code)]).increment()
    }

    /// How the strategies are doing; a standby that is not needed is neither active nor impaired.
    ///
    /// Those of one name share their gauges: active when all are, impaired when one is.
    func strategies(_ strategies: [ClusterStatus.Strategy]) {
        for (name, namesakes) in Dictionary(grouping: strategies, by: \.name) {
            let states = namesakes.map(\.condition.state)
            self.gauge("cluster_strategy_active", of: name).record(states.allSatisfy { $0 == .active } ? 1 : 0)
            self.gauge("cluster_strategy_impaired", of: name).record(states.contains(.impaired) ? 1 : 0)
        }
    }

    /// How many peers each strategy vouches for; those of one name are added up.
    func peers(of names: [String], _ counts: [Int]) {
        for (name, namesakes) in Dictionary(grouping: zip(names, counts), by: \.0) {
            self.gauge("cluster_strategy_peers", of: name).record(namesakes.reduce(0) { $0 + $1.1 })
        }
    }

    private func gauge(_ label: String, of strategy: String) -> Gauge {
        Gauge(label: label, dimensions: self.dimensions + [("strategy", strategy)], factory: self.factory)
    }

    private func counter(_ label: String, _ more: [(String, String)]) -> Counter {
        Counter(label: label, dimensions: self.dimensions + more, factory: self.factory)
    }
}
