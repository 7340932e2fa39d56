internal import ClusterAnnouncements
internal import ClusterFormation
internal import Logging
internal import Metrics

/// What operators hear of a leader: one line for each change, conditions, and metrics with the dimension `key`.
///
/// | name | kind | further dimensions | meaning |
/// |---|---|---|---|
/// | `cluster_leader` | gauge | | 1 while this node leads, otherwise 0 |
/// | `cluster_leader_changes_total` | counter | `change` | leaderships: `began`, or why one is over |
/// | `cluster_leader_sessions_lost_total` | counter | `reason` | sessions that were lost, or could not be opened |
struct LeaderReport {
    private let key: String
    private let logger: Logger
    private let factory: any MetricsFactory
    private let hub: LeaderHub
    private let gauge: Gauge
    /// The causes that were told since it last worked: they alternate during one outage.
    private var causes: Set<String> = []

    init(key: String, logger: Logger, factory: any MetricsFactory, hub: LeaderHub) {
        self.key = key
        self.logger = logger
        self.factory = factory
        self.hub = hub
        self.gauge = Gauge(label: "cluster_leader", dimensions: [("key", key)], factory: factory)
        self.gauge.record(0)
    }

    func began(_ leadership: Leadership) {
        self.hub.lead(leadership)
        self.gauge.record(1)
        self.changed("began")
        self.logger.info(
            "This node leads",
            metadata: [LogKey.fencingToken: "\(leadership.fencingToken)"]
        )
    }

    func ended(_ end: LeadershipEnd, token: Int64?) {
        self.hub.lead(nil)
        self.gauge.record(0)
        self.changed(end.rawValue)
        self.logger.info(
            "This node leads no more",
            metadata: [
                LogKey.reason: "\(end.rawValue)", LogKey.fencingToken: "\(token.map(String.init) ?? "none")",
            ]
        )
    }

    func childFailed(_ error: any Error) {
        let text = String(describing: error).prefix(300).map { $0.isNewline ? " " : $0 }
        self.logger.error(
            "The service that runs on the leader has failed; leadership is given up, and sought again after a wait",
            metadata: [LogKey.reason: "\(String(text))"]
        )
    }

    func childOverdue(after limit: Duration) {
        self.logger.warning(
            "The service that runs on the leader does not end although it was cancelled; another node may lead meanwhile",
            metadata: [LogKey.delay: "\(limit)"]
        )
    }

    /// The server has said whose turn it is.
    mutating func works() {
        guard self.hub.report(.active) else { return }
        self.causes = []
        self.logger.info("This node takes part in the election of a leader")
    }

    mutating func failed(_ error: NotifierError) {
        let code = error.code.description
        Counter(
            label: "cluster_leader_sessions_lost_total",
            dimensions: [("key", self.key), ("reason", code)],
            factory: self.factory
        ).increment()
        guard self.hub.report(.impaired(code: code, message: error.message)) else { return }
        self.logger.log(
            level: self.causes.insert(code).inserted ? .warning : .debug,
            "This node can't lead now; it is tried again for as long as the service runs",
            metadata: [LogKey.code: "\(code)", LogKey.explanation: "\(error.message)"]
        )
    }

    func stopped() {
        _ = self.hub.report(.stopped)
        self.hub.finish()
    }

    private func changed(_ change: String) {
        Counter(
            label: "cluster_leader_changes_total",
            dimensions: [("key", self.key), ("change", change)],
            factory: self.factory
        ).increment()
    }
}

extension LogKey {
    static let fencingToken = "cluster.leader.fencing_token"
    static let leaderKey = "cluster.leader.key"
}
