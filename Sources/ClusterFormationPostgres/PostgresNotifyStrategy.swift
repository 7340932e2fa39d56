public import ClusterAnnouncements
public import ClusterFormation

/// Finds peers through a PostgreSQL that the application already has, by LISTEN and NOTIFY.
///
/// Each node listens on the cluster's channel and announces its own address on it, at start and again and again. One
/// connection a node serves both.
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
    public typealias Configuration = AnnouncementStrategy.Configuration

    /// The strategy's name in logs, status and metrics: `postgres`.
    public var name: String { self.announcements.name }

    private let announcements: AnnouncementStrategy

    /// Finds peers through the database of a connection string.
    ///
    /// - Parameters:
    ///   - connection: Anything that libpq takes: a URI, `key=value` pairs, several hosts, a service; what it leaves out
    ///     comes from the `PG*` environment variables, as for psql.
    ///   - channel: The channel's name; nil derives it from the cluster's (``NotifyChannel/init(cluster:)``).
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
    ///   - channel: The channel's name; nil derives it from the cluster's (``NotifyChannel/init(cluster:)``).
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
        if let key { configuration.keys = ClusterKeyRing(key) }
        let channel = try channel.map { try NotifyChannel($0) }
        self.announcements = try AnnouncementStrategy(
            name: "postgres",
            notifier: notifier,
            configuration: configuration
        ) { clusterName in (channel ?? NotifyChannel(cluster: clusterName)).description }
    }

    /// Refuses a node whose announcement does not fit into a notification.
    public func validate(clusterName: String, localNode: Node) throws {
        try self.announcements.validate(clusterName: clusterName, localNode: localNode)
    }

    /// Announces the local node and reports its peers until the task is cancelled; then says goodbye.
    public func run(in context: StrategyContext) async throws {
        try await self.announcements.run(in: context)
    }
}
