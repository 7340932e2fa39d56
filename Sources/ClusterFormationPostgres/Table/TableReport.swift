internal import ClusterAnnouncements
internal import ClusterFormation
internal import Locking
internal import Logging

/// What operators hear of the table: conditions, one line for each kind of row that is amiss, and counters.
struct TableReport {
    private let table: TableName
    private let context: StrategyContext
    let metrics: AnnouncementMetrics
    private var condition = StrategyCondition.starting
    /// The kinds of row that were explained; bounded, since there are only so many kinds.
    private var explained: Set<String> = []

    init(table: TableName, context: StrategyContext) {
        self.table = table
        self.context = context
        self.metrics = AnnouncementMetrics(cluster: context.clusterName, factory: context.metricsFactory)
    }

    func unsealed() {
        self.context.logger.info(
            "Rows are not sealed: whoever may write into the table can announce nodes; set a key to prevent it",
            metadata: [LogKey.channel: "\(self.table)"]
        )
    }

    mutating func report(_ condition: StrategyCondition) {
        guard condition != self.condition else { return }
        self.condition = condition
        self.context.discovery.report(condition)
    }

    /// A heartbeat has failed; with a lasting cause it is a condition.
    mutating func failed(_ error: NotifierError, isLasting: Bool) {
        if error.keepsSession {
            self.metrics.rejected("refused_\(error.code)")
        } else {
            self.metrics.sessionLost(error.code)
        }
        if isLasting { self.report(.impaired(code: error.code.description, message: error.message)) }
    }

    func created() {
        self.context.logger.info(
            "The table was missing and has been created",
            metadata: [LogKey.channel: "\(self.table)"]
        )
    }

    func clockStepped(by step: Duration) {
        self.context.logger.notice(
            "The database server's clock has stepped; nothing is lost by it",
            metadata: [LogKey.delay: "\(step)"]
        )
    }

    /// Counts every row that was not acted on; logs the first of a kind.
    mutating func dropped(_ reason: String) {
        self.metrics.rejected(reason)
        guard let explanation = Self.explanations[reason], self.explained.insert(reason).inserted else { return }
        self.context.logger.notice(
            "Rows of the table are being ignored; this is said once, the metric counts them all",
            metadata: [
                LogKey.channel: "\(self.table)", LogKey.reason: "\(reason)", LogKey.explanation: "\(explanation)",
            ]
        )
    }

    private static let explanations: [String: String] = [
        "malformed": "Something else writes into the table, or somebody tampers with it; see who may.",
        "oversized": "Somebody writes longer rows than any node does; see who may write into the table.",
        "foreign_cluster": "A row says that it is of another cluster than its column does; see who may write.",
        "unsupported_version": "A node runs a version of this library with another format; bring them together.",
        "unsealed": "A node writes its row without a key; give it the cluster's key.",
        "sealed": "A node seals its row and this one has no key; give it the cluster's key.",
        "unknown_key":
            "A node uses a key that this one does not have; add it to the accepted keys until all have changed.",
        "wrong_seal":
            "Rows were sealed for another table or database, or somebody tampers with them; give all nodes the "
            + "same name for the table, and see who may write.",
        "invalid_field":
            "A row has a field that makes no sense; see its node's version, and who may write into the table.",
        "impostor": "A node's row names another address than before; see who may write into the table.",
        "table_full": "There are more rows than maximumRows; raise it, or see who may write into the table.",
    ]
}
