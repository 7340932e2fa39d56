internal import ClusterAnnouncements

/// Everything that is asked of the server.
///
/// Each is one statement in a transaction of its own, needs nothing of the session and leaves nothing there, so that it
/// works through a pooler that gives each transaction another session.
struct TableStatements: Sendable {
    private let table: TableName

    init(_ table: TableName) {
        self.table = table
    }

    // MARK: For an operator

    /// Makes the table.
    ///
    /// Unlogged: a heartbeat then writes no WAL to speak of and waits for no disk and no standby. After a crash or a
    /// failover the table is empty, and full again an interval later. Half of each page stays free, so that a heartbeat
    /// changes its row in place and leaves no work to vacuum.
    var create: String {
        """
        CREATE UNLOGGED TABLE IF NOT EXISTS \(self.table.quoted) (
            cluster text,
            instance uuid,
            announcement text NOT NULL,
            expires timestamptz NOT NULL,
            PRIMARY KEY (cluster, instance)
        ) WITH (fillfactor = 50)
        """
    }

    /// The same for a message that is one line.
    var createInOneLine: String {
        self.create.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
            .replacing("( ", with: "(").replacing(" )", with: ")")
    }

    /// What a role needs that does not own the table, less the role.
    var grant: String { "GRANT SELECT, INSERT, UPDATE, DELETE ON \(self.table.quoted) TO" }

    // MARK: For a new connection

    /// By what an operator, and the next statement, find our statements in the server's list of sessions.
    private static let mark = "/* cluster-formation table */"

    /// The server's time, its database, whether it is a standby, and who holds up an earlier statement of this node.
    ///
    /// A statement that was given up here may still wait for a lock there, and the server does not notice that nobody
    /// waits for it any more. Another one beside it would wait as well, and one after the other they would use up the
    /// server's connections.
    static let open = """
        SELECT pg_catalog.clock_timestamp(), pg_catalog.current_database()::pg_catalog.text, \
        pg_catalog.pg_is_in_recovery(), \
        (SELECT pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(a.pid), ', ') \
        FROM pg_catalog.pg_stat_activity a WHERE a.usename = CURRENT_USER AND a.pid <> pg_catalog.pg_backend_pid() \
        AND a.application_name = pg_catalog.current_setting('application_name') \
        AND a.wait_event_type = 'Lock' AND a.query LIKE '\(mark)%' LIMIT 1)
        """

    /// The same for a server that is no PostgreSQL and does not know the half of that.
    static let openPlainly = "SELECT clock_timestamp(), current_database()::text"

    // MARK: For a heartbeat

    /// How many rows of the dead are removed at once.
    static let sweptAtMost = 100

    /// The longest announcement that is read; PostgreSQL knows the length of a text without reading it.
    private static let longest = Medium.postgres.maximumPayloadBytes

    /// The server's time when it took the statement up: the same for all of a statement.
    private static let now = "pg_catalog.statement_timestamp()"

    /// Writes the own row, removes some of the dead if asked to, and reads the rows of all.
    ///
    /// Parameters: cluster, instance, announcement, time-to-live in milliseconds, whether to remove the dead, how many rows
    /// to read at most. It reads what was there before it. There is always a row, with the server's time.
    var beat: String {
        """
        \(Self.mark) WITH beat AS (\(self.upsert)), swept AS ( \
        DELETE FROM \(self.table.quoted) AS t USING ( \
        SELECT cluster, instance FROM \(self.table.quoted) WHERE $5::pg_catalog.bool AND expires < \(Self.now) \
        AND NOT (cluster = $1 AND instance = $2::pg_catalog.uuid) LIMIT \(Self.sweptAtMost) FOR UPDATE SKIP LOCKED \
        ) AS dead WHERE t.cluster = dead.cluster AND t.instance = dead.instance) \
        SELECT \(Self.now), CASE WHEN pg_catalog.octet_length(m.announcement) <= \(Self.longest) \
        THEN m.announcement WHEN m.announcement IS NOT NULL THEN '' END \
        FROM (SELECT 1) AS always LEFT JOIN ( \
        SELECT announcement FROM \(self.table.quoted) WHERE cluster = $1 AND expires > \(Self.now) \
        LIMIT $6::pg_catalog.int8) AS m ON true
        """
    }

    /// Reads the rows of all and writes nothing; the parameters are the cluster and how many rows to read at most.
    var look: String {
        """
        \(Self.mark) SELECT \(Self.now), CASE WHEN pg_catalog.octet_length(m.announcement) <= \(Self.longest) \
        THEN m.announcement WHEN m.announcement IS NOT NULL THEN '' END \
        FROM (SELECT 1) AS always LEFT JOIN ( \
        SELECT announcement FROM \(self.table.quoted) WHERE cluster = $1 AND expires > \(Self.now) \
        LIMIT $2::pg_catalog.int8) AS m ON true
        """
    }

    /// Writes the own row and nothing else; the parameters are the first four of ``beat``.
    var write: String { "\(Self.mark) \(self.upsert)" }

    /// Removes the own row; the parameters are the first two of ``beat``.
    var erase: String {
        "\(Self.mark) DELETE FROM \(self.table.quoted) WHERE cluster = $1 AND instance = $2::pg_catalog.uuid"
    }

    private var upsert: String {
        """
        INSERT INTO \(self.table.quoted) (cluster, instance, announcement, expires) \
        VALUES ($1, $2::pg_catalog.uuid, $3, \(Self.now) + $4::pg_catalog.int8 * interval '1 millisecond') \
        ON CONFLICT (cluster, instance) DO UPDATE SET announcement = excluded.announcement, expires = excluded.expires
        """
    }
}
