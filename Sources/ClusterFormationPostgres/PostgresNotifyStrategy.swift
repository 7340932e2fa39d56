public import ClusterAnnouncements
public import ClusterFormation

/// Finds peers through a PostgreSQL that the application already has, by LISTEN and NOTIFY.
///
/// Each node listens on the cluster's channel and announces its own address on it, at start and again and again. One
/// connection a node serves both. The article "How formation works" of the module ClusterFormation tells the whole.
///
/// ```swift
/// PostgresNotifyStrategy(connection: "postgres://app@db.internal/app?sslmode=verify-full")
/// ```
///
/// How it fails: it does not. A server that is down, restarts, fails over, freezes or is full is tried again for as long
/// as the service runs, with backoff and jitter, and meanwhile no peer is given up. The cluster's status, events and log
/// say in one line what is wrong.
public struct PostgresNotifyStrategy: ClusterStrategy {
    /// The options; each has a default.
    public struct Configuration: Sendable {
        /// The channel.
        ///
        /// Default: nil, derived from the cluster's name (``NotifyChannel/init(cluster:)``).
        public var channel: NotifyChannel?

        /// The keys that announcements are sealed with.
        ///
        /// Default: nil, announcements in the clear: whoever may connect to the database can then read and send them.
        public var keys: ClusterKeyRing?

        /// Heartbeat, time-to-live and limits.
        public var announcements: AnnouncementConfiguration

        /// How long the goodbye of a graceful shutdown may take.
        ///
        /// Default: 2 s.
        public var farewellTimeout: Duration

        /// How long it may take to open a session, name look-up, TLS, authentication and checks included.
        ///
        /// Default: 30 s. The notifier's own limits are shorter; this one is for what they do not cover.
        public var openTimeout: Duration

        /// The defaults, and what you change of them.
        public init(
            channel: NotifyChannel? = nil,
            keys: ClusterKeyRing? = nil,
            announcements: AnnouncementConfiguration = .init(),
            farewellTimeout: Duration = .seconds(2),
            openTimeout: Duration = .seconds(30)
        ) {
            self.channel = channel
            self.keys = keys
            self.announcements = announcements
            self.farewellTimeout = farewellTimeout
            self.openTimeout = openTimeout
        }
    }

    /// The strategy's name in logs, status and metrics: `postgres`.
    public let name = "postgres"

    private let notifier: any Notifier
    private let configuration: Configuration

    /// Finds peers through the database of a connection string.
    ///
    /// - Parameters:
    ///   - connection: Anything that libpq takes: a URI, `key=value` pairs, several hosts, a service; what it leaves out
    ///     comes from the `PG*` environment variables, as for psql.
    ///   - channel: The channel's name; nil derives it from the cluster's.
    ///   - key: The key to seal announcements with; nil for none.
    ///   - configuration: Everything else.
    /// - Throws: `NotifierError` with the code `misconfigured` when the connection string is none; `ClusterError`
    ///   when an option can't work.
    public init(
        connection: String,
        channel: String? = nil,
        key: ClusterKey? = nil,
        configuration: Configuration = .init()
    ) throws {
        try self.init(
            notifier: PostgresNotifier(connection: connection),
            channel: channel,
            key: key,
            configuration: configuration
        )
    }

    /// Finds peers through a notifier: one that several clusters share, or a fake one in a test.
    ///
    /// - Parameters:
    ///   - notifier: What carries the announcements.
    ///   - channel: The channel's name; nil derives it from the cluster's.
    ///   - key: The key to seal announcements with; nil for none.
    ///   - configuration: Everything else.
    /// - Throws: `ClusterError` when an option can't work.
    public init(
        notifier: some Notifier,
        channel: String? = nil,
        key: ClusterKey? = nil,
        configuration: Configuration = .init()
    ) throws {
        var configuration = configuration
        if let channel { configuration.channel = try NotifyChannel(channel) }
        if let key { configuration.keys = ClusterKeyRing(key) }
        try configuration.announcements.validate()
        guard configuration.farewellTimeout > .zero, configuration.openTimeout > .zero else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "farewellTimeout and openTimeout must be longer than zero (the defaults are 2 s and 30 s)."
            )
        }
        self.notifier = notifier
        self.configuration = configuration
    }

    /// Refuses a node whose announcement does not fit into a notification.
    public func validate(clusterName: String, localNode: Node) throws {
        let codec = self.codec(clusterName: clusterName)
        let announcement = Announcement(
            endpoint: localNode.endpoint,
            timeToLive: AnnouncementConfiguration.longestTimeToLive,
            isJoining: true,
            uptime: AnnouncementConfiguration.longestTimeToLive,
            acknowledgement: Acknowledgement(sender: .random(), sequence: .max),
            metadata: localNode.metadata
        )
        // A roster's entry is no longer than that, so that whoever may announce itself can be passed on, too.
        let envelope = Envelope(sender: .random(), sequence: .max, message: .announce(announcement))
        do {
            _ = try codec.encode(envelope)
        } catch {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The local node's announcement does not fit into a notification: \(error). "
                    + "Shorten its metadata; a notification of PostgreSQL carries 7,999 bytes."
            )
        }
    }

    /// Announces the local node and reports its peers until the task is cancelled; then says goodbye.
    public func run(in context: StrategyContext) async throws {
        await self.run(with: self.notifier, in: context)
    }

    private func run<N: Notifier>(with notifier: N, in context: StrategyContext) async {
        let driver = AnnouncementDriver(
            notifier: notifier,
            channel: self.configuration.channel ?? NotifyChannel(cluster: context.clusterName),
            codec: self.codec(clusterName: context.clusterName),
            configuration: self.configuration,
            context: context
        )
        await driver.run()
    }

    private func codec(clusterName: String) -> AnnouncementCodec {
        AnnouncementCodec(cluster: clusterName, keys: self.configuration.keys)
    }
}
