#if Configuration
    internal import ClusterFormation
    internal import ClusterFormationPostgres

    /// The keys of the strategy `table`.
    struct TableSettings: StrategySettings {
        var connection: String?
        var name = PostgresTableStrategy.defaultTable
        var configuration = PostgresTableConfiguration()

        static let word = "table"
        static let sharedKeys: Set<String> = ["key", "acceptedKeys", "postgres.connection"]

        static let group = SettingGroup(start: TableSettings(), settings: Self.table + Self.timeouts)

        private static let table: [Setting<TableSettings>] = [
            Setting(
                "table.connection",
                \.connection,
                .text(upTo: Limits.addressBytes),
                isSecret: true,
                without: "`postgres.connection`",
                "the connection string, where it is another one"
            ),
            Setting(
                "table.name",
                \.name,
                .text(upTo: 127),
                in: TableSettings(),
                "the table, perhaps with its schema"
            ),
            Setting(
                "table.createsTable",
                \.configuration.createsTable,
                .flag,
                in: TableSettings(),
                "whether the table is created where it is missing"
            ),
            Setting(
                "table.heartbeatInterval",
                \.configuration.heartbeatInterval,
                .seconds(.milliseconds(100)...Limits.hour),
                in: TableSettings(),
                "how often a node writes its row while the cluster is small"
            ),
            Setting(
                "table.timeToLiveIntervals",
                \.configuration.timeToLiveIntervals,
                .integer(2...1_000),
                in: TableSettings(),
                "how many intervals a node may be silent"
            ),
            Setting(
                "table.maximumRowRate",
                \.configuration.maximumRowRate,
                .number(1...1_000_000),
                in: TableSettings(),
                "how many rows a second all nodes together may read"
            ),
            Setting(
                "table.maximumRows",
                \.configuration.maximumRows,
                .integer(2...1_000_000),
                in: TableSettings(),
                "how many rows of the cluster are read; twice as many as there are nodes"
            ),
        ]

        private static let timeouts: [Setting<TableSettings>] = [
            Setting(
                "table.farewellTimeout",
                \.configuration.farewellTimeout,
                .seconds(Limits.moment...Limits.hour),
                in: TableSettings(),
                "how long the goodbye may take"
            ),
            Setting(
                "table.connectTimeout",
                \.configuration.connectTimeout,
                .seconds(Limits.moment...Limits.hour),
                in: TableSettings(),
                "how long one address may take to accept the connection"
            ),
            Setting(
                "table.statementTimeout",
                \.configuration.statementTimeout,
                .seconds(.milliseconds(10)...Limits.hour),
                in: TableSettings(),
                "how long the server may take for a statement; keep it below the interval"
            ),
            Setting(
                "table.applicationName",
                \.configuration.applicationName,
                .text(upTo: 63),
                without: "the node's address",
                "what the server's list of sessions shows"
            ),
        ]

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            guard let connection = self.connection ?? shared.connection else {
                throw KeyError(
                    "The strategy 'table' needs the key 'table.connection', or 'postgres.connection'; "
                        + "set one to a connection string such as postgres://user@host/database."
                )
            }
            var configuration = self.configuration
            configuration.keys = try shared.keys()
            do {
                return try PostgresTableStrategy(connection: connection, table: self.name, configuration: configuration)
            } catch let error as NotifierError {
                let key = self.connection == nil ? "postgres.connection" : "table.connection"
                throw KeyError("The key '\(key)': \(error.message)")
            }
        }
    }
#endif
