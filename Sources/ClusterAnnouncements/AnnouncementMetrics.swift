package import Metrics

/// The metrics of one strategy; each has the dimension `cluster`, and a name that ends as Prometheus expects it.
///
/// | name | kind | further dimensions | meaning |
/// |---|---|---|---|
/// | `cluster_announcements_sent_total` | counter | | messages that the server has taken |
/// | `cluster_announcements_received_total` | counter | | messages of this cluster that were understood, one's own included |
/// | `cluster_announcements_rejected_total` | counter | `reason` | messages that were dropped |
/// | `cluster_notifications_dropped_total` | counter | | notifications that were not taken in in time |
/// | `cluster_echo_round_trip_seconds` | timer | | from sending an announcement until it is heard |
/// | `cluster_sessions_opened_total` | counter | | sessions that were opened |
/// | `cluster_sessions_lost_total` | counter | `reason` | sessions that were lost, or could not be opened |
/// | `cluster_proof_age_seconds` | gauge | | time since an own announcement was heard |
package struct AnnouncementMetrics: Sendable {
    private let factory: any MetricsFactory
    private let dimensions: [(String, String)]
    private let sentCounter: Counter
    private let receivedCounter: Counter
    private let droppedCounter: Counter
    private let openedCounter: Counter
    private let echoTimer: Timer
    private let proofGauge: Gauge

    package init(cluster: String, factory: any MetricsFactory) {
        let dimensions = [("cluster", cluster)]
        self.factory = factory
        self.dimensions = dimensions
        self.sentCounter = Counter(label: "cluster_announcements_sent_total", dimensions: dimensions, factory: factory)
        self.receivedCounter = Counter(
            label: "cluster_announcements_received_total",
            dimensions: dimensions,
            factory: factory
        )
        self.droppedCounter = Counter(
            label: "cluster_notifications_dropped_total",
            dimensions: dimensions,
            factory: factory
        )
        self.openedCounter = Counter(label: "cluster_sessions_opened_total", dimensions: dimensions, factory: factory)
        self.echoTimer = Timer(label: "cluster_echo_round_trip_seconds", dimensions: dimensions, factory: factory)
        self.proofGauge = Gauge(label: "cluster_proof_age_seconds", dimensions: dimensions, factory: factory)
    }

    package func sent() { self.sentCounter.increment() }

    package func received() { self.receivedCounter.increment() }

    package func notificationsDropped(_ count: Int) {
        if count > 0 { self.droppedCounter.increment(by: count) }
    }

    package func sessionOpened() { self.openedCounter.increment() }

    package func sessionLost(_ code: NotifierError.Code) {
        self.counter("cluster_sessions_lost_total", reason: code.description).increment()
    }

    /// The reasons are words of this library's, never a sender's: their number is bounded.
    package func rejected(_ reason: String) {
        self.counter("cluster_announcements_rejected_total", reason: reason).increment()
    }

    package func echo(_ roundTrip: Duration) {
        self.echoTimer.recordNanoseconds(Int64(roundTrip / .nanoseconds(1)))
    }

    package func proofAge(_ age: Duration?) {
        guard let age else { return }
        self.proofGauge.record(age / .seconds(1))
    }

    private func counter(_ label: String, reason: String) -> Counter {
        Counter(label: label, dimensions: self.dimensions + [("reason", reason)], factory: self.factory)
    }
}
