import ClusterAnnouncements
import ClusterFormation
import LibPQ

@testable import ClusterFormationPostgres

/// Somebody with a connection of their own and no right but CONNECT: records a channel, and plays what was recorded.
actor Stranger {
    /// The role that ``createRole`` makes.
    static let role = "stranger"
    static let createRole = "CREATE ROLE \(role) LOGIN; REVOKE ALL ON SCHEMA public FROM PUBLIC"

    private let connection: Connection
    private let channel: String
    private let buffer: NotificationBuffer
    private(set) var recorded: [String] = []

    init(_ connection: String, channel: String) async throws {
        self.connection = try await Connection.connect(
            ConnectionString(connection),
            deadline: .now + .seconds(20)
        )
        self.channel = channel
        self.buffer = await self.connection.subscribe(to: channel)
        try await self.connection.query("LISTEN \(self.connection.quote(channel))")
    }

    /// Records until so many payloads are there.
    func record(atLeast count: Int) async throws {
        var iterator = self.buffer.notifications.makeAsyncIterator()
        while self.recorded.count < count, let next = try await iterator.next() { self.recorded.append(next.payload) }
    }

    /// Takes every lock by which a session of this database shows itself.
    func copyPresence() async throws -> Int {
        let result = try await self.connection.query(
            """
            SELECT count(pg_advisory_lock_shared(l.classid::int4, l.objid::int4)) FROM pg_locks l \
            WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.pid <> pg_backend_pid() \
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """
        )
        return result.rows.first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
    }

    /// Plays what was recorded, over and over, at about two thousand a second, each in a transaction of its own.
    ///
    /// - Returns: How many were sent.
    func play(for seconds: Int) async throws -> Int {
        let words = self.recorded.map { payload in
            "\"\(payload.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        try await self.connection.query(
            "SELECT set_config('stranger.words', $1, false), set_config('stranger.channel', $2, false)",
            ["{\(words.joined(separator: ","))}", self.channel]
        )
        try await self.connection.query(
            """
            DO $$ DECLARE
                words text[] := current_setting('stranger.words')::text[];
                until timestamptz := clock_timestamp() + interval '\(seconds) s';
                n int := 0;
            BEGIN
                WHILE clock_timestamp() < until LOOP
                    PERFORM pg_notify(current_setting('stranger.channel'), words[1 + n % cardinality(words)]);
                    n := n + 1;
                    COMMIT;
                    PERFORM pg_sleep(0.0003);
                END LOOP;
                PERFORM set_config('stranger.sent', n::text, false);
            END $$
            """
        )
        let result = try await self.connection.query("SELECT current_setting('stranger.sent')")
        return result.rows.first?.first.flatMap { $0.flatMap { Int($0) } } ?? 0
    }

    /// Says what it likes, once.
    func say(_ payload: String) async throws {
        try await self.connection.query("SELECT pg_notify($1, $2)", [self.channel, payload])
    }

    func close() async {
        await self.connection.unsubscribe(self.buffer)
        await self.connection.close(within: .seconds(5))
    }
}
