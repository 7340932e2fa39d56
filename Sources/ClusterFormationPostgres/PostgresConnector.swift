internal import ClusterAnnouncements
internal import LibPQ

/// Makes connections on which notifications are sure to arrive, or says why they would not.
struct PostgresConnector: Sendable {
    let string: ConnectionString
    let configuration: PostgresNotifierConfiguration

    func connect(applicationName: String) async throws -> SharedConnection {
        let connection = try await self.open(applicationName: applicationName)
        do {
            let processID = try await self.examine(connection)
            if processID != connection.peer.processID {
                // Before any setting is changed: through a pooler it might become another client's.
                try await PoolerCheck(connector: self).run(on: connection)
            }
            try await self.configure(connection)
            return SharedConnection(connection, processID: processID)
        } catch {
            await connection.close(within: .seconds(1))
            throw error
        }
    }

    func open(applicationName: String) async throws -> Connection {
        var options = ConnectOptions()
        options.applicationName = applicationName
        options.hostTimeout = self.configuration.connectTimeout
        // The hosts' own limits end it earlier; this is for a lookup that never returns.
        let hostTimeout = max(self.configuration.connectTimeout, self.string.connectTimeout ?? .zero)
        let deadline = ContinuousClock.now + hostTimeout * self.string.hostCount
        return try await Connection.connect(self.string, options: options, deadline: deadline)
    }

    /// The server's process id, after a look whether the server takes notifications at all.
    private func examine(_ connection: Connection) async throws -> Int32 {
        let result = try await connection.query(
            "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery()",
            timeout: self.configuration.statementTimeout
        )
        guard let row = result.rows.first, row.count == 2, let processID = row[0].flatMap(Int32.init) else {
            throw NotifierError(code: .other, message: "the server did not tell its process id; is it PostgreSQL?")
        }
        guard row[1] != "t" else {
            throw NotifierError(
                LibPQError(.server, sqlState: "25006", "the server is a hot standby, which knows no LISTEN or NOTIFY")
            )
        }
        return processID
    }

    private func configure(_ connection: Connection) async throws {
        let statementTimeout = self.configuration.statementTimeout
        var settings = [
            // The server gives up before we do: then the session stays good.
            ("statement_timeout", Self.milliseconds(statementTimeout * 3 / 4)),
            ("lock_timeout", Self.milliseconds(statementTimeout / 2)),
            // A notification is repeated, not recovered: no commit of ours has to wait for a disk or a standby.
            ("synchronous_commit", "off"),
        ]
        // A session that listens is idle, and means to be.
        if connection.peer.version >= 140_000 { settings.append(("idle_session_timeout", "0")) }
        let calls = settings.indices.map { "pg_catalog.set_config($\($0 * 2 + 1), $\($0 * 2 + 2), false)" }
        try await connection.query(
            "SELECT \((calls + self.keepalives(ofVersion: connection.peer.version)).joined(separator: ", "))",
            settings.flatMap { [$0.0, $0.1] },
            timeout: statementTimeout
        )
    }

    /// How soon the server, too, notices that nobody is there any more; for what is still as systems have it.
    ///
    /// Something else has been set by somebody, for the role, the database, the server or its machine. The view
    /// pg_settings would say by whom, but takes longer than all the rest of a session's start.
    private func keepalives(ofVersion version: Int) -> [String] {
        var keepalives = [
            (name: "tcp_keepalives_idle", value: "10", systems: "'7200'"),
            (name: "tcp_keepalives_interval", value: "5", systems: "'75'"),
            (name: "tcp_keepalives_count", value: "3", systems: "'9', '8'"),
        ]
        if version >= 120_000 { keepalives.append((name: "tcp_user_timeout", value: "25000", systems: "'0'")) }
        return keepalives.map { name, value, systems in
            "CASE WHEN pg_catalog.current_setting('\(name)') IN (\(systems)) "
                + "THEN pg_catalog.set_config('\(name)', '\(value)', false) END"
        }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        // Zero would mean "no limit".
        "\(max(1, Int(duration / .milliseconds(1))))"
    }
}
