public import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ
internal import Locking

/// One channel of a PostgreSQL connection.
public struct PostgresNotifierSession: NotifierSession {
    private let shared: SharedConnection
    private let share: ConnectionShare
    private let request: NotifierSessionRequest
    private let configuration: PostgresNotifierConfiguration
    private let buffer: NotificationBuffer
    private let quotedChannel: String
    private let opening: Opening
    private let isClosed = Locked(false)
    private let lock: Locked<PresenceLock>

    /// The lock that shows the others that this session lives.
    private enum PresenceLock {
        case held
        /// Somebody else holds it, who must have had the peer's id from the channel.
        case taken
        /// The server lets this role have none, or has none left.
        case notAllowed
    }

    /// What a session's first statement tells.
    private struct Opening {
        var lock: PresenceLock
        var moment: Moment
        var place: String
        /// How full the server's notification queue is, in percent.
        var queueUsage: Int
        /// What the server has warned of when it took the LISTEN.
        var warning: String?

        init(_ result: StatementResult) throws {
            guard let row = result.rows.first, row.count == 5,
                let place = ServerPlace.text(database: row[1], startedAt: row[2])
            else { throw Moment.unreadable }
            self.queueUsage = row[3].flatMap(Double.init).map { Int(($0 * 100).rounded()) } ?? 0
            self.lock =
                switch row[4] {
                case "t": .held
                case "f": .taken
                default: .notAllowed
                }
            self.moment = try Moment(row[0])
            self.place = place
        }
    }

    // MARK: - Opening

    static func open(
        _ request: NotifierSessionRequest,
        on shared: SharedConnection,
        of share: ConnectionShare,
        configuration: PostgresNotifierConfiguration
    ) async throws -> PostgresNotifierSession {
        let connection = shared.connection
        let quotedChannel = try await connection.quote(request.channel)
        // The lock first: a peer that hears of this node can look for it at once.
        var opening = try await Self.begin(
            request.showsPresence ? request.presence : nil,
            on: connection,
            configuration
        )
        let buffer = await connection.subscribe(to: request.channel, byteLimit: configuration.bufferLimit)
        do {
            try await Self.listen(quotedChannel, on: connection, configuration, queueUsage: opening.queueUsage)
        } catch {
            await connection.unsubscribe(buffer)
            if opening.lock == .held {
                try? await Self.unlock(request.presence, on: connection, before: .now + .seconds(1))
            }
            throw error
        }
        opening.warning = await connection.lastWarning
        return PostgresNotifierSession(
            shared: shared,
            share: share,
            request: request,
            configuration: configuration,
            buffer: buffer,
            quotedChannel: quotedChannel,
            opening: opening,
            lock: Locked(opening.lock)
        )
    }

    private static func listen(
        _ quotedChannel: String,
        on connection: Connection,
        _ configuration: PostgresNotifierConfiguration,
        queueUsage: Int
    ) async throws {
        let timeout = configuration.statementTimeout
        // No NOTIFY gets through then; and a LISTEN would read all that waits, for longer than anybody here would wait for
        // it, and hold the queue up itself meanwhile.
        guard queueUsage < 99 else { throw NotifierError.queueFull("it is \(queueUsage) % full") }
        do {
            try await connection.query("LISTEN \(quotedChannel)", timeout: timeout)
        } catch let error as LibPQError where error.kind == .statementTimedOut && queueUsage >= Self.notableQueueUsage {
            throw NotifierError.queueFull("it is \(queueUsage) % full, and LISTEN did not end within \(timeout)")
        } catch let error as LibPQError where ["58P01", "57014"].contains(error.sqlState) {
            // Older minor versions trip over a long queue ("could not access status of transaction"), and where one was full
            // LISTEN may run out of time; looking at it clears it up.
            try await connection.query(Self.queueUsageSQL, timeout: timeout)
            try await connection.query("LISTEN \(quotedChannel)", timeout: timeout)
        }
    }

    /// Takes the lock by which the others see this session, and asks where and when it is.
    ///
    /// A shared advisory lock lives exactly as long as the session, and everybody can see it.
    private static func begin(
        _ presence: PresenceKey?,
        on connection: Connection,
        _ configuration: PostgresNotifierConfiguration
    ) async throws -> Opening {
        guard let presence else { return try await Self.beginUnseen(on: connection, configuration) }
        do {
            let result = try await connection.query(
                "SELECT \(self.clock), \(ServerPlace.columns), \(self.queueUsage), \(self.lockSQL)",
                Self.parameters(presence),
                format: .binary,
                timeout: configuration.statementTimeout
            )
            return try Opening(result)
        } catch let error as LibPQError where error.kind == .server {
            // No lock is allowed here, none is left, or there was no time: then nobody looks for this session. The
            // heartbeat finds the dead as well, only later.
            return try await Self.beginUnseen(on: connection, configuration)
        }
    }

    private static func beginUnseen(
        on connection: Connection,
        _ configuration: PostgresNotifierConfiguration
    ) async throws -> Opening {
        let result = try await connection.query(
            "SELECT \(self.clock), \(ServerPlace.columns), \(self.queueUsage), NULL",
            format: .binary,
            timeout: configuration.statementTimeout
        )
        return try Opening(result)
    }

    private static let lockSQL = "pg_catalog.pg_try_advisory_lock_shared($1::int4, $2::int4)"

    private static func parameters(_ presence: PresenceKey) -> [String?] {
        ["\(presence.cluster)", "\(presence.instance)"]
    }

    /// The server's clock, and not its transaction's; asked for in binary it comes as whole microseconds since 1970.
    private static let clock = "pg_catalog.clock_timestamp()"

    /// How full the queue is, from 0 to 1; the question also makes the server forget what nobody has to read any more.
    private static let queueUsage = "pg_catalog.pg_notification_queue_usage()"

    /// From here on the server itself warns, in percent (the PostgreSQL manual, "NOTIFY").
    private static let notableQueueUsage = 50

    // MARK: - In use

    /// What is heard on the channel; to be iterated once.
    public var notifications: PostgresNotifications {
        PostgresNotifications(self.buffer.notifications, channel: self.request.channel)
    }

    /// The server's process id of the connection.
    public var processID: Int32 { self.shared.processID }

    /// Whether it holds the lock by which other nodes see it.
    public var isShown: Bool { self.lock.withLock { $0 == .held } }

    /// The database and the server's life.
    public var place: String { self.opening.place }

    /// When the session began to listen, by the server's clock.
    public var openedAt: Moment { self.opening.moment }

    /// What the server has warned of when it took the LISTEN.
    public var warning: String? { self.opening.warning }

    /// How many notifications nobody consumed in time.
    public var droppedNotifications: Int { self.buffer.droppedCount }

    /// Sends in a transaction of its own, and returns the server's time when that is committed.
    public func notify(_ payload: String) async throws -> Moment {
        let limit = Medium.postgres.maximumPayloadBytes
        guard payload.utf8.count <= limit else {
            throw NotifierError(
                code: .payloadTooLarge,
                message: "a payload has at most \(limit) bytes; this one has \(payload.utf8.count)"
            )
        }
        do {
            return try await self.send(payload)
        } catch let error as NotifierError where error.code == .queueFull {
            // A queue that was full stays so after its cause is gone, until somebody looks at it.
            try await self.query(Self.queueUsageSQL, [])
            do {
                return try await self.send(payload)
            } catch var error as NotifierError where error.code == .queueFull {
                // It names the process that holds the queue up, in the server's language.
                if let warning = await self.shared.connection.lastWarning { error.message += "; it says: \(warning)" }
                throw error
            }
        }
    }

    private func send(_ payload: String) async throws -> Moment {
        try Moment(try await self.query(Self.notifySQL, [self.request.channel, payload]).rows.first?.first)
    }

    /// Asks the server for its time and its process id, which must be the one that listens.
    public func probe() async throws -> Moment {
        let row = try await self.query("SELECT \(Self.clock), pg_catalog.pg_backend_pid()", []).rows.first
        guard row?.last == "\(self.shared.processID)" else {
            self.shared.condemn()
            throw PoolerCheck.verdict
        }
        return try Moment(row?.first)
    }

    /// The sessions whose locks the server shows; nil when the server does not let this role take part in that.
    ///
    /// A lock that somebody else held before is tried again.
    public func presentSessions(ofCluster cluster: Int32) async throws -> Set<PresentSession>? {
        switch self.lock.withLock({ $0 }) {
        case .held: break
        case .notAllowed: return nil
        case .taken:
            let row = try await self.query("SELECT \(Self.lockSQL)", Self.parameters(self.request.presence)).rows.first
            if row?.first == "t" { self.lock.withLock { $0 = .held } }
        }
        do {
            let result = try await self.query(
                """
                SELECT l.objid::int4, l.pid FROM pg_catalog.pg_locks l \
                JOIN pg_catalog.pg_database d ON d.oid = l.database \
                WHERE l.locktype = 'advisory' AND l.classid = $1::int4::oid AND l.objsubid = 2 AND l.granted \
                AND d.datname = pg_catalog.current_database()
                """,
                ["\(cluster)"]
            )
            return Set(
                result.rows.compactMap { row in
                    let numbers = row.compactMap { $0.flatMap { Int32($0) } }
                    return numbers.count == 2 ? PresentSession(instance: numbers[0], processID: numbers[1]) : nil
                }
            )
        } catch let error as NotifierError where error.code == .permissionDenied {
            return nil
        }
    }

    private static let queueUsageSQL = "SELECT \(queueUsage)"

    private static let notifySQL = "SELECT \(clock), pg_catalog.pg_notify($1, $2)"

    @discardableResult
    private func query(_ sql: String, _ parameters: [String?]) async throws -> StatementResult {
        guard !self.isClosed.withLock({ $0 }) else {
            throw NotifierError(code: .closed, message: "the session was closed by this process")
        }
        do {
            return try await self.shared.connection.query(
                sql,
                parameters,
                format: .binary,
                timeout: self.configuration.statementTimeout
            )
        } catch {
            throw NotifierError.wrapping(error)
        }
    }

    // MARK: - Closing

    /// Sends a farewell if there is one and leaves the connection, which is closed when this was its last session.
    public func close(farewell: String?, within bound: Duration) async {
        let wasClosed = self.isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        let deadline = ContinuousClock.now + bound
        let connection = self.shared.connection
        let isLast = await self.share.release(
            self.shared,
            sending: farewell == nil ? nil : Self.notifySQL,
            farewell.map { [self.request.channel, $0] } ?? [],
            within: bound
        )
        if !isLast {
            // Whatever of this fails, the connection goes on for the others.
            if let farewell {
                try? await self.perform(Self.notifySQL, [self.request.channel, farewell], before: deadline)
            }
            await self.leave(connection, before: deadline)
        }
        await connection.unsubscribe(self.buffer)
    }

    private func leave(_ connection: Connection, before deadline: ContinuousClock.Instant) async {
        let presence = self.request.presence
        if self.isShown { try? await Self.unlock(presence, on: connection, before: deadline) }
        try? await connection.unsubscribe(
            self.buffer,
            unlistening: self.quotedChannel,
            within: ContinuousClock.now.duration(to: deadline),
            timeout: self.configuration.statementTimeout
        )
    }

    private static func unlock(
        _ presence: PresenceKey,
        on connection: Connection,
        before deadline: ContinuousClock.Instant
    ) async throws {
        let bound = ContinuousClock.now.duration(to: deadline)
        try await connection.perform(
            "SELECT pg_catalog.pg_advisory_unlock_shared($1::int4, $2::int4)",
            Self.parameters(presence),
            within: bound,
            timeout: bound
        )
    }

    /// Runs a statement whether or not the task is cancelled.
    private func perform(_ sql: String, _ parameters: [String?], before deadline: ContinuousClock.Instant) async throws
    {
        try await self.shared.connection.perform(
            sql,
            parameters,
            within: ContinuousClock.now.duration(to: deadline),
            timeout: self.configuration.statementTimeout
        )
    }
}

extension Moment {
    fileprivate static let unreadable = NotifierError(
        code: .other,
        message: "the server did not tell its time; is it PostgreSQL?"
    )

    /// Reads whole microseconds.
    fileprivate init(_ text: String??) throws {
        guard let microseconds = text.flatMap({ $0 }).flatMap(Int64.init) else { throw Self.unreadable }
        self.init(microseconds: microseconds)
    }
}
