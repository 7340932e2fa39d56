#if Configuration
    internal import ClusterAnnouncements

    /// The keys of strategies that announce the node again and again.
    struct AnnouncementSettings: Sendable {
        var configuration = AnnouncementConfiguration()
        var echoDeadline: Duration?

        static func settings(_ prefix: String) -> [Setting<AnnouncementSettings>] {
            let start = AnnouncementSettings()
            return [
                Setting(
                    "\(prefix).heartbeatInterval",
                    \.configuration.heartbeatInterval,
                    .seconds(.milliseconds(100)...Limits.hour),
                    in: start,
                    "how often a node announces itself while the cluster is small"
                ),
                Setting(
                    "\(prefix).timeToLiveIntervals",
                    \.configuration.timeToLiveIntervals,
                    .integer(2...1_000),
                    in: start,
                    "how many intervals a node may be silent"
                ),
                Setting(
                    "\(prefix).maximumDeliveryRate",
                    \.configuration.maximumDeliveryRate,
                    .number(1...1_000_000),
                    in: start,
                    "how many deliveries a second heartbeats of the whole cluster may cause"
                ),
                Setting(
                    "\(prefix).echoDeadline",
                    \.echoDeadline,
                    .seconds(.milliseconds(100)...Limits.hour),
                    without: "twice the interval",
                    "how long a node waits to hear itself; at least one interval"
                ),
                Setting(
                    "\(prefix).maximumPeers",
                    \.configuration.maximumPeers,
                    .integer(1...1_000_000),
                    in: start,
                    "how many peers the strategy remembers"
                ),
                Setting(
                    "\(prefix).maximumInstancesPerSession",
                    \.configuration.maximumInstancesPerSession,
                    .integer(1...1_000_000),
                    in: start,
                    "how many nodes may announce themselves from one session"
                ),
            ]
        }

        func made() -> AnnouncementConfiguration {
            var configuration = self.configuration
            configuration.echoDeadline = self.echoDeadline ?? min(configuration.heartbeatInterval * 2, Limits.hour)
            return configuration
        }
    }
#endif
