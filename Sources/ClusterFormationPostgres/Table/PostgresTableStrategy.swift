public import ClusterAnnouncements
public import ClusterFormation
internal import LibPQ

/// Finds peers through a table of a PostgreSQL, where LISTEN and NOTIFY do not work: behind a pooler in transaction mode.
///
/// Each node writes one row at each heartbeat and reads the rows of all, in one statement. Nothing depends on the session,
/// so that any pooler will do. A newcomer knows all at once, and all know it an interval later; where notifications
/// arrive, ``PostgresNotifyStrategy`` is faster and costs less.
///
/// ```swift
/// let strategy = try PostgresTableStrategy(connection: "postgres://app@pooler.internal:6432/app")
/// ```
///
/// The table is made by ``createStatement``, which is for you to run, unless
/// ``PostgresTableConfiguration/createsTable`` is set.
///
/// How it fails: it does not. A server that is away, or a table that is missing, is tried again for as long as the service
/// runs, with backoff and jitter, and meanwhile no peer is given up.
///
/// | code | what has happened |
/// |---|---|
/// | `table_missing` | The table does not exist; the message has the statement. |
/// | `table_mismatched` | The table has other columns, or no primary key. |
/// | `permission_denied` | The role may not use the table; the message has the GRANT. |
/// | `standby` | The server is a hot standby, or the role is read-only. |
/// | `busy` | Another session holds a lock on the table, or the server is overloaded. |
/// | `undelivered` | The own row is not read back: a trigger or a policy keeps it back, or something removes rows. |
/// | `too_many_rows` | The cluster has more rows than ``PostgresTableConfiguration/maximumRows``. |
/// | `unresponsive` | A statement got no answer: a frozen server, or a pool without a free connection. |
///
/// All others are those of ``PostgresNotifyStrategy``.
public struct PostgresTableStrategy: ClusterStrategy {
    /// The options; each has a default.
    public typealias Configuration = PostgresTableConfiguration

    /// The name of the table unless another one is given: `cluster_members`.
    public static let defaultTable = "cluster_members"

    /// The strategy's name in logs, status and metrics: `postgres_table`.
    public let name = "postgres_table"

    private let string: ConnectionString
    private let table: TableName
    private let configuration: Configuration

    /// Finds peers through a table.
    ///
    /// - Parameters:
    ///   - connection: Anything that libpq takes: a URI, `key=value` pairs, several hosts, a service; what it leaves out
    ///     comes from the `PG*` environment variables, as for psql.
    ///   - table: The table's name, perhaps with its schema: `infra.members`. All nodes write it in the same way. Several
    ///     clusters can share a table.
    ///   - key: The key to seal rows with; nil for none.
    ///   - configuration: Everything else.
    /// - Throws: `NotifierError` with the code `misconfigured` when the connection string is none; `ClusterError`
    ///   when an option or the table's name can't work.
    public init(
        connection: String,
        table: String = Self.defaultTable,
        key: ClusterKey? = nil,
        configuration: Configuration = .init()
    ) throws {
        var configuration = configuration
        if let key { configuration.keys = ClusterKeyRing(key) }
        try configuration.validate()
        self.table = try TableName(table)
        do {
            self.string = try ConnectionString(connection)
        } catch {
            throw NotifierError.wrapping(error)
        }
        self.configuration = configuration
    }

    /// The statement that makes the table, for psql or a migration.
    ///
    /// The role of the connection string needs SELECT, INSERT, UPDATE and DELETE on the table, and nothing else.
    public var createStatement: String { TableStatements(self.table).create }

    /// The statement that makes a table of that name.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration` when it is no name of a table.
    public static func createStatement(table: String = Self.defaultTable) throws -> String {
        TableStatements(try TableName(table)).create
    }

    /// Refuses a node whose row would be too long.
    public func validate(clusterName: String, localNode: Node) throws {
        let largest: UInt64 = 1 << 53 - 1
        let envelope = Envelope(
            sender: .random(),
            number: largest,
            moment: Moment(microseconds: Int64(largest)),
            processID: 0,
            message: .announce(
                Announcement(
                    endpoint: localNode.endpoint,
                    timeToLive: AnnouncementConfiguration.longestTimeToLive,
                    uptime: AnnouncementConfiguration.longestTimeToLive,
                    metadata: localNode.metadata
                )
            )
        )
        do {
            _ = try self.codec(clusterName: clusterName).encode(envelope)
        } catch {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The local node's row is too long: it needs \(error.bytes) bytes and may have \(error.limit). "
                    + "Shorten its metadata."
            )
        }
    }

    /// Writes the local node's row and reports its peers until the task is cancelled; then says goodbye.
    public func run(in context: StrategyContext) async throws {
        var driver = TableDriver(
            string: self.string,
            table: self.table,
            codec: self.codec(clusterName: context.clusterName),
            configuration: self.configuration,
            context: context
        )
        await driver.run()
    }

    private func codec(clusterName: String) -> AnnouncementCodec {
        AnnouncementCodec(cluster: clusterName, keys: self.configuration.keys)
    }

    /// What rows are sealed for, in the place of a channel: no channel's name has a tab in it, so that no notification
    /// passes for a row, and no row for a notification.
    static func channel(of table: TableName) -> String { "table\t\(table)" }
}
