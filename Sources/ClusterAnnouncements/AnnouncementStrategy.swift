public import ClusterFormation

/// Finds peers over a broadcast medium: each node announces its own address on a channel and listens to the others'.
///
/// The medium is a ``Notifier``: PostgreSQL's LISTEN and NOTIFY, or one of your own. The whole protocol comes with it:
/// proof of one's own channel, rosters for newcomers, expiry, goodbyes, sealing.
///
/// How it fails: it does not. A medium that is away is tried again for as long as the service runs, with backoff and
/// jitter, and meanwhile no peer is given up.
public struct AnnouncementStrategy: ClusterStrategy {
    /// The options; each has a default.
    public struct Configuration: Sendable {
        /// The keys that announcements are sealed with.
        ///
        /// Default: nil, announcements in the clear: whoever may use the channel can then read and send them.
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
            keys: ClusterKeyRing? = nil,
            announcements: AnnouncementConfiguration = .init(),
            farewellTimeout: Duration = .seconds(2),
            openTimeout: Duration = .seconds(30)
        ) {
            self.keys = keys
            self.announcements = announcements
            self.farewellTimeout = farewellTimeout
            self.openTimeout = openTimeout
        }
    }

    /// The strategy's name in logs, status and metrics.
    public let name: String

    private let notifier: any Notifier
    private let channel: @Sendable (_ clusterName: String) -> String
    private let configuration: Configuration

    /// Finds peers through a notifier.
    ///
    /// - Parameters:
    ///   - name: The strategy's name in logs, status and metrics, such as `redis`.
    ///   - notifier: What carries the announcements.
    ///   - channel: The channel's name; nil takes the cluster's.
    ///   - configuration: Everything else.
    /// - Throws: `ClusterError` when an option can't work.
    public init(
        name: String,
        notifier: some Notifier,
        channel: String? = nil,
        configuration: Configuration = .init()
    ) throws {
        try self.init(name: name, notifier: notifier, configuration: configuration) { channel ?? $0 }
    }

    /// Finds peers through a notifier, on a channel that is derived from the cluster's name.
    package init(
        name: String,
        notifier: some Notifier,
        configuration: Configuration,
        channel: @escaping @Sendable (_ clusterName: String) -> String
    ) throws {
        try configuration.announcements.validate()
        guard configuration.farewellTimeout > .zero, configuration.openTimeout > .zero else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "farewellTimeout and openTimeout must be longer than zero (the defaults are 2 s and 30 s)."
            )
        }
        self.name = name
        self.notifier = notifier
        self.channel = channel
        self.configuration = configuration
    }

    /// Refuses a node whose announcement does not fit into a notification.
    public func validate(clusterName: String, localNode: Node) throws {
        let codec = self.codec(clusterName: clusterName)
        // A roster's entry is no longer than its message, so that what may announce itself can be passed on, too.
        let announcement = Announcement(
            endpoint: localNode.endpoint,
            timeToLive: AnnouncementConfiguration.longestTimeToLive,
            isJoining: true,
            uptime: AnnouncementConfiguration.longestTimeToLive,
            isShown: true,
            metadata: localNode.metadata
        )
        let entry = Roster.Entry(
            instance: .random(),
            endpoint: localNode.endpoint,
            number: WireFormat.largestInteger,
            processID: .max,
            moment: Moment(microseconds: 0),
            timeToLive: AnnouncementConfiguration.longestTimeToLive,
            birth: Moment(microseconds: 0),
            isShown: true,
            metadata: localNode.metadata
        )
        let envelope = Envelope(
            sender: .random(),
            number: WireFormat.largestInteger,
            moment: Moment(microseconds: Int64(WireFormat.largestInteger)),
            processID: .max,
            message: .announce(announcement)
        )
        do {
            _ = try codec.encode(envelope)
            codec.warmUp(with: envelope)
        } catch {
            throw Self.tooLarge("\(error.bytes) bytes, and may have \(error.limit)")
        }
        guard !codec.parts(of: [entry], at: envelope.moment).isEmpty else {
            throw Self.tooLarge("more in a roster than a message may have")
        }
    }

    private static func tooLarge(_ needed: String) -> ClusterError {
        ClusterError(
            code: .invalidConfiguration,
            message: "The local node's announcement does not fit into a notification: it needs \(needed). "
                + "Shorten its metadata."
        )
    }

    /// Announces the local node and reports its peers until the task is cancelled; then says goodbye.
    public func run(in context: StrategyContext) async throws {
        await self.run(with: self.notifier, in: context)
    }

    private func run<N: Notifier>(with notifier: N, in context: StrategyContext) async {
        let driver = AnnouncementDriver(
            notifier: notifier,
            channel: self.channel(context.clusterName),
            codec: self.codec(clusterName: context.clusterName),
            configuration: self.configuration,
            context: context
        )
        await driver.run()
    }

    private func codec(clusterName: String) -> AnnouncementCodec {
        AnnouncementCodec(cluster: clusterName, keys: self.configuration.keys, medium: self.notifier.medium)
    }
}
