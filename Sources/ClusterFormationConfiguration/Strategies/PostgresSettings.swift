#if Configuration
    internal import ClusterFormation
    internal import ClusterFormationPostgres

    /// The keys of the strategy `postgres`, besides its connection string.
    struct PostgresSettings: StrategySettings {
        var channel: String?
        var announcements = AnnouncementSettings()
        var strategy = PostgresNotifyStrategy.Configuration()
        var notifier = PostgresNotifierConfiguration()

        static let word = "postgres"
        static let sharedKeys: Set<String> = ["key", "acceptedKeys", "postgres.connection"]

        static let group = SettingGroup(
            start: PostgresSettings(),
            settings: [
                Setting(
                    "postgres.channel",
                    \.channel,
                    .text(upTo: 63),
                    without: "from the cluster's name",
                    "the channel to listen on and to notify"
                )
            ] + AnnouncementSettings.settings(Self.word).map { $0.within(\.announcements) } + Self.timeouts
                + [
                    Setting(
                        "postgres.applicationName",
                        \.notifier.applicationName,
                        .text(upTo: 63),
                        without: "the node's address",
                        "what the server's list of sessions shows"
                    ),
                    Setting(
                        "postgres.bufferLimit",
                        \.notifier.bufferLimit,
                        .integer(65_536...(1 << 30)),
                        in: PostgresSettings(),
                        "how many bytes of notifications may wait"
                    ),
                ]
        )

        private static let timeouts: [Setting<PostgresSettings>] = [
            Setting(
                "postgres.farewellTimeout",
                \.strategy.farewellTimeout,
                .seconds(Limits.moment...Limits.hour),
                in: PostgresSettings(),
                "how long the goodbye may take"
            ),
            Setting(
                "postgres.openTimeout",
                \.strategy.openTimeout,
                .seconds(Limits.moment...Limits.hour),
                in: PostgresSettings(),
                "how long it may take to open a session"
            ),
            Setting(
                "postgres.connectTimeout",
                \.notifier.connectTimeout,
                .seconds(Limits.moment...Limits.hour),
                in: PostgresSettings(),
                "how long one address may take to accept the connection"
            ),
            Setting(
                "postgres.statementTimeout",
                \.notifier.statementTimeout,
                .seconds(.milliseconds(10)...Limits.hour),
                in: PostgresSettings(),
                "how long the server may take for a statement; keep it below the interval"
            ),
            Setting(
                "postgres.poolerCheckTimeout",
                \.notifier.poolerCheckTimeout,
                .seconds(.milliseconds(10)...Limits.hour),
                in: PostgresSettings(),
                "how long the proof may take that notifications pass a pooler"
            ),
        ]

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            let connection = try Self.required(
                shared.connection,
                "connection",
                "a connection string such as postgres://user@host/database"
            )
            var configuration = self.strategy
            configuration.keys = try shared.keys()
            configuration.announcements = self.announcements.made()
            let notifier: PostgresNotifier
            do {
                notifier = try PostgresNotifier(connection: connection, configuration: self.notifier)
            } catch let error as NotifierError {
                throw KeyError("The key 'postgres.connection': \(error.message)")
            }
            return try PostgresNotifyStrategy(notifier: notifier, channel: self.channel, configuration: configuration)
        }
    }
#endif
