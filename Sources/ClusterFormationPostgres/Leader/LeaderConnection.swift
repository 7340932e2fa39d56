internal import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ

/// The one session that can hold the lock of a key, and what is asked on it.
struct LeaderConnection: Sendable {
    private let shared: SharedConnection
    private let parameters: [String?]
    private let timeout: Duration

    var processID: Int32 { self.shared.processID }

    init(_ shared: SharedConnection, locks: LeaderLocks, timeout: Duration) {
        self.shared = shared
        self.parameters = ["\(locks.lock)", "\(locks.mark)"]
        self.timeout = timeout
    }

    /// Has the server end this session when it is silent for too long, and keep the numbers it hands out.
    func prepare(idleTimeout: Duration) async throws {
        var settings = ["pg_catalog.set_config('synchronous_commit', 'on', false)"]
        if self.shared.connection.peer.version >= 140_000 {
            let milliseconds = idleTimeout.inNanoseconds / 1_000_000
            settings.append("pg_catalog.set_config('idle_session_timeout', '\(milliseconds)', false)")
        }
        _ = try await self.query("SELECT \(settings.joined(separator: ", "))", [])
    }

    func ask(_ question: LeaderMachine.Question) async throws -> LeaderMachine.Answer {
        switch question {
        case .tryLock:
            let row = try await self.query(Self.trySQL, self.parameters)
            guard row.count == 2 else { throw Self.unreadable }
            return .tried(isGranted: row[0] == "t", former: row[1].flatMap { Int32($0) })
        case .token:
            return .token(try await self.token())
        case .look:
            let row = try await self.query(Self.lookSQL, self.parameters)
            guard row.count == 3 else { throw Self.unreadable }
            // A pooler that gives each transaction another session was not noticed when the connection was made.
            guard row[0] == "\(self.shared.processID)" else { throw NotifierError.leaderBehindPooler }
            return .seen(Self.view(row.dropFirst()))
        case .release:
            return .released(try await self.query(Self.releaseSQL, self.parameters).last == "t")
        }
    }

    /// The transaction's number, and below it the timeline's: a standby that has lost the last transactions gives their
    /// numbers away again, but never on the same timeline.
    private func token() async throws -> Int64 {
        var row: [String?]
        do {
            row = try await self.query(Self.tokenSQL(timeline: Self.timelineSQL), [])
        } catch let error as NotifierError where error.keepsSession {
            // Not every server has such files.
            row = try await self.query(Self.tokenSQL(timeline: "0::int8"), [])
        }
        let numbers = row.compactMap { $0.flatMap { Int64($0) } }.suffix(2)
        guard numbers.count == 2, let timeline = numbers.first, let transaction = numbers.last,
            (0..<(Int64.max >> 8)).contains(transaction)
        else { throw Self.unreadable }
        return transaction << 8 | timeline & 0xff
    }

    /// Throws when the connection is lost, as soon as that is known.
    func watch() async throws {
        let connection = self.shared.connection
        // Nothing is ever sent there: what counts is how the subscription ends.
        let buffer = await connection.subscribe(to: "cluster-formation leader")
        do {
            for try await _ in buffer.notifications {}
        } catch {
            await connection.unsubscribe(buffer)
            throw NotifierError.wrapping(error)
        }
        try Task.checkCancellation()
        throw NotifierError(code: .closed, message: "the connection was closed by this process")
    }

    func close(within bound: Duration) async {
        await self.shared.connection.close(within: bound)
    }

    private func query(_ sql: String, _ parameters: [String?]) async throws -> [String?] {
        do {
            let result = try await self.shared.connection.query(
                sql,
                parameters,
                format: .binary,
                timeout: self.timeout
            )
            return result.rows.first ?? []
        } catch {
            throw NotifierError.wrapping(error)
        }
    }

    private static func view(_ columns: ArraySlice<String?>) -> LeaderMachine.View {
        let numbers = columns.map { $0.flatMap { Int32($0) } }
        return LeaderMachine.View(holder: numbers[0], former: numbers[1])
    }

    private static let unreadable = NotifierError(
        code: .other,
        message: "the server did not answer what it was asked; is it PostgreSQL?"
    )

    // MARK: Statements

    /// The session that holds an advisory lock with a key of 64 bits, which is shown in two halves.
    private static func holder(of parameter: String) -> String {
        """
        (SELECT l.pid FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid = l.database \
        WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted AND d.datname = pg_catalog.current_database() \
        AND l.classid = ((\(parameter)::int8 >> 32) & 4294967295)::oid \
        AND l.objid = (\(parameter)::int8 & 4294967295)::oid LIMIT 1)
        """
    }

    // OFFSET 0 has the inner part done first, and once.

    private static let trySQL = """
        SELECT t.granted, CASE WHEN t.granted THEN \(holder(of: "$2")) END \
        FROM (SELECT pg_catalog.pg_try_advisory_lock($1::int8) AS granted OFFSET 0) t
        """

    private static let lookSQL = """
        SELECT pg_catalog.pg_backend_pid(), \(holder(of: "$1")), \(holder(of: "$2"))
        """

    private static let releaseSQL = """
        SELECT CASE WHEN t.marked THEN pg_catalog.pg_advisory_unlock($1::int8) ELSE false END \
        FROM (SELECT pg_catalog.pg_try_advisory_lock($2::int8) AS marked OFFSET 0) t
        """

    /// The number of a transaction that is on the disk, and on the standbys that commits wait for, before it is told.
    ///
    /// A transaction that has written nothing is not waited for: after a crash its number would be given away once more.
    /// So it writes a message that nobody reads.
    private static func tokenSQL(timeline: String) -> String {
        """
        SELECT pg_catalog.pg_logical_emit_message(true, 'cluster-formation', '')::text, \(timeline), \
        pg_catalog.txid_current()
        """
    }

    /// The timeline that the server writes, from the name of its file: eight hexadecimal digits come first.
    private static let timelineSQL =
        "('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8))::bit(32)::int8"
}
