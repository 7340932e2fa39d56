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
    /// Whether the lock is held that shows the others that this session lives.
    private let isPresent: Bool
    private let isClosed = Locked(false)

    // MARK: - Opening

    static func open(
        _ request: NotifierSessionRequest,
        on shared: SharedConnection,
        of share: ConnectionShare,
        configuration: PostgresNotifierConfiguration
    ) async throws -> PostgresNotifierSession {
        let connection = shared.connection
        let quotedChannel = try await connection.quote(request.channel)
        // The lock first: who hears of this node can look for it at once.
        let isPresent = try await Self.takePresence(request.presence, on: connection, configuration)
        let buffer = await connection.subscribe(to: request.channel, byteLimit: configuration.bufferLimit)
        do {
            try await Self.listen(quotedChannel, on: connection, configuration)
        } catch {
            await connection.unsubscribe(buffer)
            throw error
        }
        return PostgresNotifierSession(
            shared: shared,
            share: share,
            request: request,
            configuration: configuration,
            buffer: buffer,
            quotedChannel: quotedChannel,
            isPresent: isPresent
        )
    }

    private static func listen(
        _ quotedChannel: String,
        on connection: Connection,
        _ configuration: PostgresNotifierConfiguration
    ) async throws {
        let timeout = configuration.statementTimeout
        do {
            try await connection.query("LISTEN \(quotedChannel)", timeout: timeout)
        } catch let error as LibPQError where error.message.contains("could not access status of transaction") {
            // Older minor versions trip over a long queue; looking at it clears it up.
            try await connection.query("SELECT pg_catalog.pg_notification_queue_usage()", timeout: timeout)
            try await connection.query("LISTEN \(quotedChannel)", timeout: timeout)
        }
    }

    /// A shared advisory lock lives exactly as long as the session, and everybody can see it.
    private static func takePresence(
        _ presence: NotifierSessionRequest.Presence,
        on connection: Connection,
        _ configuration: PostgresNotifierConfiguration
    ) async throws -> Bool {
        do {
            let result = try await connection.query(
                "SELECT pg_catalog.pg_try_advisory_lock_shared($1::int4, $2::int4)",
                ["\(presence.cluster)", "\(presence.instance)"],
                timeout: configuration.statementTimeout
            )
            return result.scalar == "t"
        } catch let error as LibPQError where error.kind == .server {
            // Not allowed here, no lock left, or no time: then nobody looks for this session. The heartbeat finds the dead
            // as well, only later.
            return false
        }
    }

    // MARK: - In use

    /// What is heard on the channel; to be iterated once.
    public var notifications: PostgresNotifications {
        PostgresNotifications(self.buffer.notifications)
    }

    /// The server's process id of the connection.
    public var processID: Int32 { self.shared.processID }

    /// Whether it holds the lock by which other nodes see it.
    public var isShown: Bool { self.isPresent }

    /// How many notifications nobody consumed in time.
    public var droppedNotifications: Int { self.buffer.droppedCount }

    /// Sends in a transaction of its own, and returns when that is committed.
    public func notify(_ payload: String) async throws {
        guard payload.utf8.count <= Self.maximumPayload else {
            throw NotifierError(
                code: .payloadTooLarge,
                message: "a payload has at most \(Self.maximumPayload) bytes; this one has \(payload.utf8.count)"
            )
        }
        try await self.query(Self.notifySQL, [self.request.channel, payload])
    }

    /// Asks the server for its process id, which must be the one that listens.
    public func probe() async throws {
        let result = try await self.query("SELECT pg_catalog.pg_backend_pid()", [])
        guard result.scalar == "\(self.shared.processID)" else { throw PoolerCheck.verdict }
    }

    /// Whose locks the server shows; nil when the server does not let this role take part in that.
    public func presentInstances(ofCluster cluster: Int32) async throws -> Set<Int32>? {
        guard self.isPresent else { return nil }
        do {
            let result = try await self.query(
                """
                SELECT l.objid::int4 FROM pg_catalog.pg_locks l \
                JOIN pg_catalog.pg_database d ON d.oid = l.database \
                WHERE l.locktype = 'advisory' AND l.classid = $1::int4::oid AND l.objsubid = 2 AND l.granted \
                AND d.datname = pg_catalog.current_database()
                """,
                ["\(cluster)"]
            )
            return Set(result.rows.compactMap { $0.first.flatMap { $0 }.flatMap(Int32.init) })
        } catch let error as NotifierError where error.code == .permissionDenied {
            return nil
        }
    }

    private static let notifySQL = "SELECT pg_catalog.pg_notify($1, $2)"
    private static let maximumPayload = 7_999

    @discardableResult
    private func query(_ sql: String, _ parameters: [String?]) async throws -> StatementResult {
        guard !self.isClosed.withLock({ $0 }) else {
            throw NotifierError(code: .closed, message: "the session was closed by this process")
        }
        do {
            return try await self.shared.connection.query(
                sql,
                parameters,
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
        if self.isPresent {
            try? await self.perform(
                "SELECT pg_catalog.pg_advisory_unlock_shared($1::int4, $2::int4)",
                ["\(presence.cluster)", "\(presence.instance)"],
                before: deadline
            )
        }
        try? await connection.unsubscribe(
            self.buffer,
            unlistening: self.quotedChannel,
            within: ContinuousClock.now.duration(to: deadline),
            timeout: self.configuration.statementTimeout
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
