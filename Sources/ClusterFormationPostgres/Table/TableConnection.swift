internal import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ

/// The one connection of a node, and what is asked on it.
struct TableConnection: Sendable {
    let connection: Connection
    private let statements: TableStatements
    private let timeout: Duration

    /// What the server says of itself.
    struct Opening: Sendable {
        var moment: Moment
        var database: String
    }

    // MARK: Opening

    /// All hosts together; each address has a shorter limit of its own.
    private static let openLimit: Duration = .seconds(60)

    static func open(
        _ string: ConnectionString,
        applicationName: String,
        memory: ConnectMemory,
        statements: TableStatements,
        configuration: PostgresTableConfiguration
    ) async throws -> TableConnection {
        var options = ConnectOptions()
        options.applicationName = configuration.applicationName ?? applicationName
        options.hostTimeout = configuration.connectTimeout
        options.memory = memory
        let connection: Connection
        do {
            do {
                connection = try await Connection.connect(string, options: options, deadline: .now + Self.openLimit)
            } catch let error as LibPQError where ["0A000", "22023", "42601", "42704"].contains(error.sqlState) {
                // Not every server has the encoding in which nobody's bytes can make a statement fail.
                options.clientEncoding = "UTF8"
                connection = try await Connection.connect(string, options: options, deadline: .now + Self.openLimit)
            }
        } catch {
            throw NotifierError.wrapping(error)
        }
        return TableConnection(
            connection: connection,
            statements: statements,
            timeout: configuration.statementTimeout
        )
    }

    /// Asks the server for its time, and whether a row can be written at all.
    func examine() async throws -> Opening {
        let row: [String?]
        do {
            row = try await self.query(TableStatements.open).first ?? []
        } catch let error as NotifierError where error.keepsSession {
            guard let plain = try? await self.query(TableStatements.openPlainly).first else { throw error }
            row = plain
        }
        guard row.count >= 2, let moment = Moment(row[0]), let database = row[1] else { throw Self.unreadable }
        if row.count == 4 {
            guard row[2] != "t" else {
                throw NotifierError(
                    LibPQError(.server, sqlState: "25006", "the server takes no writes"),
                    on: self.statements
                )
            }
            if let blockers = row[3] {
                var busy = NotifierError(
                    code: .busy,
                    message: "an earlier statement of this node still waits on the server for a lock"
                        + (blockers.isEmpty ? "" : ", which process \(blockers) holds (see pg_stat_activity)")
                        + "; it goes on when that lock is gone"
                )
                busy.keepsSession = true
                throw busy
            }
        }
        return Opening(moment: moment, database: database)
    }

    // MARK: In use

    /// Writes the own row and reads the rows of all: the server's time, and one text for each row.
    func beat(
        _ beat: TableMachine.Beat,
        as payload: String,
        cluster: String,
        rows: Int
    ) async throws -> (moment: Moment, rows: [String]) {
        let parameters = Self.parameters(beat, payload, cluster) + ["\(beat.sweeps)", "\(rows)"]
        let result = try await self.query(self.statements.beat, parameters)
        guard let moment = Moment(result.first?.first ?? nil) else { throw Self.unreadable }
        return (moment, result.compactMap { $0.count == 2 ? $0[1] : nil })
    }

    /// Reads the rows of all, as an observer does.
    func look(cluster: String, rows: Int) async throws -> (moment: Moment, rows: [String]) {
        let result = try await self.query(self.statements.look, [cluster, "\(rows)"])
        guard let moment = Moment(result.first?.first ?? nil) else { throw Self.unreadable }
        return (moment, result.compactMap { $0.count == 2 ? $0[1] : nil })
    }

    /// Creates the table; true unless another node was faster.
    func createTable() async throws -> Bool {
        do {
            try await self.connection.query(self.statements.create, timeout: self.timeout)
            return true
        } catch let error as LibPQError {
            // Two that look at the same time both see that it is missing.
            if ["23505", "42P07", "42710"].contains(error.sqlState) { return false }
            throw NotifierError(error, creatingWith: self.statements)
        }
    }

    /// Writes a last row, or removes the own one, and closes the connection, within a bound.
    ///
    /// It works in a cancelled task.
    func close(saying farewell: (beat: TableMachine.Beat, payload: String), cluster: String, within bound: Duration)
        async
    {
        let parameters = Self.parameters(farewell.beat, farewell.payload, cluster)
        await self.connection.close(sending: self.statements.write, parameters, within: bound)
    }

    func close(erasing instance: InstanceID, cluster: String, within bound: Duration) async {
        await self.connection.close(sending: self.statements.erase, [cluster, "\(instance)"], within: bound)
    }

    func close() async {
        await self.connection.close(within: .seconds(1))
    }

    private static func parameters(_ beat: TableMachine.Beat, _ payload: String, _ cluster: String) -> [String?] {
        [cluster, "\(beat.envelope.sender)", payload, "\(beat.timeToLive.inNanoseconds / 1_000_000)"]
    }

    @discardableResult
    private func query(_ sql: String, _ parameters: [String?] = []) async throws -> [[String?]] {
        do {
            return try await self.connection.query(sql, parameters, format: .binary, timeout: self.timeout).rows
        } catch let error as LibPQError {
            throw NotifierError(error, on: self.statements)
        }
    }

    private static let unreadable = NotifierError(
        code: .other,
        message: "the server did not tell its time; is it PostgreSQL?"
    )
}

extension Moment {
    /// Reads whole microseconds.
    fileprivate init?(_ text: String?) {
        guard let microseconds = text.flatMap({ Int64($0) }) else { return nil }
        self.init(microseconds: microseconds)
    }
}
