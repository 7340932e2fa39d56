#if CommandLine
    internal import ClusterAnnouncements
    internal import ClusterFormationPostgres
    internal import LibPQ

    /// What a server shows of the sessions in one of its databases, at one moment.
    struct ServerView: Hashable, Sendable {
        /// How many rows are taken of either list at most.
        static let limit = 20_000

        var sessions: [ServerSession]
        var locks: [ShownLock]
        /// By the server's clock.
        var moment: Moment
        /// Names the server and the database; sealed messages are bound to it.
        var place: String
        var isStandby: Bool

        /// Whether a list was longer than what is taken of it.
        var isTruncated: Bool { max(self.sessions.count, self.locks.count) >= Self.limit }
    }

    extension ServerView {
        private static let sessionsSQL = """
            SELECT a.pid, a.application_name, a.usename, pg_catalog.host(a.client_addr), \
            (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.backend_start) * 1000)::pg_catalog.int8 \
            FROM pg_catalog.pg_stat_activity a \
            WHERE a.datname = pg_catalog.current_database() AND a.usename IS NOT NULL \
            AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY a.pid LIMIT \(limit)
            """

        private static let locksSQL = """
            SELECT l.classid::pg_catalog.int8, l.objid::pg_catalog.int8, l.pid FROM pg_catalog.pg_locks l \
            JOIN pg_catalog.pg_database d ON d.oid = l.database \
            WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.mode = 'ShareLock' \
            AND d.datname = pg_catalog.current_database() LIMIT \(limit)
            """

        /// In binary a time is whole microseconds since 1970.
        private static let momentSQL =
            "SELECT pg_catalog.clock_timestamp(), \(ServerPlace.columns), pg_catalog.pg_is_in_recovery()"

        /// Asks the server.
        init(of connection: Connection, timeout: Duration) async throws {
            let result = try await connection.query(Self.momentSQL, format: .binary, timeout: timeout)
            let head = result.rows.first ?? []
            guard head.count == 4, let microseconds = head[0].flatMap(Int64.init),
                let place = ServerPlace.text(database: head[1], startedAt: head[2])
            else {
                throw NotifierError(code: .other, message: "the server did not tell its time; is it PostgreSQL?")
            }
            let sessions = try await connection.query(Self.sessionsSQL, timeout: timeout)
            let locks = try await connection.query(Self.locksSQL, timeout: timeout)
            self.init(
                sessions: sessions.rows.compactMap(Self.session),
                locks: locks.rows.compactMap(Self.lock),
                moment: Moment(microseconds: microseconds),
                place: place,
                isStandby: head[3] == "t"
            )
        }

        private static func session(_ row: [String?]) -> ServerSession? {
            guard row.count == 5, let processID = row[0].flatMap(Int32.init) else { return nil }
            return ServerSession(
                processID: processID,
                name: row[1] ?? "",
                user: row[2] ?? "",
                clientAddress: row[3],
                age: row[4].flatMap(Int64.init).map { .milliseconds($0) }
            )
        }

        private static func lock(_ row: [String?]) -> ShownLock? {
            let numbers = row.compactMap { $0.flatMap(Int64.init) }
            guard numbers.count == 3 else { return nil }
            return ShownLock(
                cluster: Int32(truncatingIfNeeded: numbers[0]),
                instance: Int32(truncatingIfNeeded: numbers[1]),
                processID: Int32(truncatingIfNeeded: numbers[2])
            )
        }
    }
#endif
