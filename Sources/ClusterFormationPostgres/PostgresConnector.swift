internal import ClusterAnnouncements
internal import LibPQ

/// Makes connections on which notifications are sure to arrive, or says why they would not.
struct PostgresConnector: Sendable {
    let string: ConnectionString
    let configuration: PostgresNotifierConfiguration

    /// Where earlier attempts have been in vain.
    private let memory = ConnectMemory()

    init(string: ConnectionString, configuration: PostgresNotifierConfiguration) {
        self.string = string
        self.configuration = configuration
    }

    func connect(applicationName: String) async throws -> SharedConnection {
        let connection = try await self.open(applicationName: applicationName)
        do {
            let (processID, keepalives) = try await self.examine(connection)
            if processID != connection.peer.processID {
                // Before any setting is changed: through a pooler it might become another client's.
                try await PoolerCheck(connector: self, processID: processID).run(on: connection)
            }
            try await self.configure(connection, keepalives)
            self.memory.forget()
            return SharedConnection(connection, processID: processID)
        } catch {
            await connection.close(within: .seconds(1))
            throw error
        }
    }

    // MARK: - Opening

    /// Every lookup and every address has a time limit of its own; this is for `connect_timeout=0`, with which a silent
    /// server would be waited for without end.
    private static let openLimit: Duration = .seconds(3_600)

    private func open(applicationName: String) async throws -> Connection {
        var options = ConnectOptions()
        options.applicationName = applicationName
        options.hostTimeout = self.configuration.connectTimeout
        options.memory = self.memory
        do {
            return try await self.open(options)
        } catch let error as LibPQError where error.kind == .server && Self.mayRefuseEncoding(error) {
            // Not every server has this encoding; which one has not, is asked in another.
            options.clientEncoding = "UTF8"
            try await self.nameServer(options)
            throw error
        }
    }

    /// A second session beside one that is open: on the same server, or on the same pooler.
    func open(beside connection: Connection, applicationName: String) async throws -> Connection {
        var options = ConnectOptions()
        options.applicationName = applicationName
        options.hostTimeout = self.configuration.connectTimeout
        options.place = connection.peer.place
        return try await self.open(options)
    }

    private func open(_ options: ConnectOptions) async throws -> Connection {
        try await Connection.connect(self.string, options: options, deadline: .now + Self.openLimit)
    }

    /// A value or a feature that the server does not know, or a statement that it can't parse.
    private static func mayRefuseEncoding(_ error: LibPQError) -> Bool {
        ["0A000", "22023", "42601", "42704"].contains(error.sqlState)
    }

    /// Throws what is wrong with a server that is no PostgreSQL; says nothing of one that is.
    private func nameServer(_ options: ConnectOptions) async throws {
        let connection: Connection
        do {
            connection = try await self.open(options)
        } catch is LibPQError {
            // It was not the encoding.
            return
        }
        let product = try? await ServerProduct.find(on: connection, timeout: self.configuration.statementTimeout)
        await connection.close(within: .seconds(1))
        try Task.checkCancellation()
        guard let name = product?.name else { return }
        throw DeliveryCheck.verdict(name, because: "has no LISTEN and NOTIFY, nor the encoding SQL_ASCII")
    }

    // MARK: - Examining

    /// The server's process id and its watch over its clients, after a look whether it takes notifications at all.
    private func examine(_ connection: Connection) async throws -> (processID: Int32, keepalives: ServerKeepalives) {
        let row: [String?]
        do {
            row = try await self.describe(connection)
        } catch let error as LibPQError where error.kind == .statementTimedOut {
            throw NotifierError(
                code: .unresponsive,
                message: """
                    the login went through, but the first statement got no answer: the server is frozen, or a pooler \
                    before it has no connection left (in session mode its pool_size is at least nodes + 1)
                    """
            )
        }
        guard row.count >= 3, let processID = row[0].flatMap(Int32.init) else {
            throw NotifierError(code: .other, message: "the server did not tell its process id; is it PostgreSQL?")
        }
        guard row[1] != "t" else {
            throw NotifierError(
                LibPQError(.server, sqlState: "25006", "the server is a hot standby, which knows no LISTEN or NOTIFY")
            )
        }
        if let product = ServerProduct(version: row[2]).name {
            try await DeliveryCheck(product: product, configuration: self.configuration).run(on: connection)
        }
        return (processID, ServerKeepalives(current: Array(row.dropFirst(3))))
    }

    private func describe(_ connection: Connection) async throws -> [String?] {
        let timeout = self.configuration.statementTimeout
        do {
            let result = try await connection.query(
                """
                SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_is_in_recovery(), pg_catalog.version(), \
                \(ServerKeepalives.columns)
                """,
                timeout: timeout
            )
            return result.rows.first ?? []
        } catch let error as LibPQError where error.kind == .server {
            guard let name = try await ServerProduct.find(on: connection, timeout: timeout).name else { throw error }
            throw DeliveryCheck.verdict(name, because: "does not know PostgreSQL's functions (\(error.message))")
        }
    }

    // MARK: - Setting up

    private func configure(_ connection: Connection, _ keepalives: ServerKeepalives) async throws {
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
        settings += keepalives.changes
        let calls = settings.indices.map { "pg_catalog.set_config($\($0 * 2 + 1), $\($0 * 2 + 2), false)" }
        try await connection.query(
            "SELECT \(calls.joined(separator: ", "))",
            settings.flatMap { [$0.0, $0.1] },
            timeout: statementTimeout
        )
    }

    private static func milliseconds(_ duration: Duration) -> String {
        // Zero would mean "no limit".
        "\(max(1, Int(duration / .milliseconds(1))))"
    }
}
