#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormationPostgres
    internal import LibPQ

    /// What a server tells of itself, as far as a cluster has to do with it.
    struct ServerFacts: Hashable, Sendable {
        /// A session with a transaction that has been open for a while.
        struct Holder: Hashable, Sendable {
            var processID: Int32
            var name: String
            var user: String
            var age: Duration
            var state: String
        }

        var version = ""
        var databaseEncoding = ""
        var clientEncoding = ""
        var connectionLimit = 0
        var connectionsUsed = 0
        /// The role's own limit; nil for none.
        var roleLimit: Int?
        var roleUsed = 0
        /// From 0 to 1.
        var queueUsage = 0.0
        var holders: [Holder] = []
        /// Whether the server shows this role what other roles' sessions do.
        var seesAll = true
        var isEncrypted: Bool?

        /// What counts as a while.
        static let longTransaction: Duration = .seconds(10)
    }

    extension ServerFacts {
        private static let sql = """
            SELECT pg_catalog.split_part(pg_catalog.version(), ' on ', 1), \
            pg_catalog.current_setting('server_encoding'), pg_catalog.current_setting('client_encoding'), \
            pg_catalog.current_setting('max_connections')::int \
            - pg_catalog.current_setting('superuser_reserved_connections')::int, \
            (SELECT pg_catalog.sum(numbackends) FROM pg_catalog.pg_stat_database)::int, \
            (SELECT rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = current_user), \
            (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE usename = current_user)::int, \
            (SELECT rolsuper OR pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') \
            FROM pg_catalog.pg_roles WHERE rolname = current_user), \
            pg_catalog.pg_notification_queue_usage(), \
            (SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid())
            """

        private static let holdersSQL = """
            SELECT pid, application_name, usename, state, \
            (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - xact_start) * 1000)::pg_catalog.int8 \
            FROM pg_catalog.pg_stat_activity WHERE pid <> pg_catalog.pg_backend_pid() AND usename IS NOT NULL \
            AND xact_start < pg_catalog.clock_timestamp() - $1::int * interval '1 second' ORDER BY xact_start LIMIT 5
            """

        init(of connection: Connection, longTransaction: Duration, timeout: Duration) async throws {
            let row = try await connection.query(Self.sql, timeout: timeout).rows.first ?? []
            guard row.count == 10 else {
                throw NotifierError(code: .other, message: "the server did not tell its settings; is it PostgreSQL?")
            }
            self.version = row[0] ?? ""
            self.databaseEncoding = row[1] ?? ""
            self.clientEncoding = row[2] ?? ""
            self.connectionLimit = row[3].flatMap { Int($0) } ?? 0
            self.connectionsUsed = row[4].flatMap { Int($0) } ?? 0
            self.roleLimit = row[5].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
            self.roleUsed = row[6].flatMap { Int($0) } ?? 0
            self.seesAll = row[7] == "t"
            self.queueUsage = row[8].flatMap { Double($0) } ?? 0
            self.isEncrypted = row[9].map { $0 == "t" }
            let seconds = longTransaction.components.seconds
            let holders = try await connection.query(Self.holdersSQL, ["\(seconds)"], timeout: timeout)
            self.holders = holders.rows.compactMap { row in
                guard row.count == 5, let processID = row[0].flatMap(Int32.init), let age = row[4].flatMap(Int64.init)
                else { return nil }
                return Holder(
                    processID: processID,
                    name: row[1] ?? "",
                    user: row[2] ?? "",
                    age: .milliseconds(age),
                    state: row[3] ?? ""
                )
            }
        }
    }
#endif
