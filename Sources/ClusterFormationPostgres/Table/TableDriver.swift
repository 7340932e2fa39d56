internal import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ
internal import Logging

/// The shell around ``TableMachine``: keeps a connection, writes and reads, keeps time.
struct TableDriver {
    private let string: ConnectionString
    private let statements: TableStatements
    private let table: TableName
    private let configuration: PostgresTableConfiguration
    private let context: StrategyContext
    private let instance: InstanceID
    private let memory = ConnectMemory()

    private let codec: AnnouncementCodec
    /// The codec for the database of the connection.
    private var bound: AnnouncementCodec
    private var machine: TableMachine
    private var report: TableReport
    private var backoff: SessionBackoff
    private var generator = SystemRandomNumberGenerator()
    private var connection: TableConnection?
    /// Whether the connection may be used: the server takes writes, and nothing of ours waits there.
    private var isExamined = false
    /// How often in a row a statement was refused because the server was busy.
    private var refusals = 0

    init(
        string: ConnectionString,
        table: TableName,
        codec: AnnouncementCodec,
        configuration: PostgresTableConfiguration,
        context: StrategyContext
    ) {
        let instance = context.localNode.instance ?? .random()
        self.string = string
        self.table = table
        self.statements = TableStatements(table)
        self.configuration = configuration
        self.context = context
        self.instance = instance
        self.codec = codec
        self.bound = codec
        self.machine = TableMachine(
            configuration: configuration,
            localNode: context.localNode,
            instance: instance,
            isObserver: context.isObserver,
            seed: self.generator.next(),
            at: context.clock.now
        )
        self.report = TableReport(table: table, context: context)
        self.backoff = SessionBackoff(hasSeveralServers: string.namesSeveralServers)
    }

    /// Writes and reads until the task is cancelled; then says goodbye.
    mutating func run() async {
        if self.configuration.keys == nil { self.report.unsealed() }
        while !Task.isCancelled {
            do {
                try await self.round()
                try await self.context.clock.sleep(until: self.machine.nextBeat)
            } catch {
                await self.fail(error)
            }
        }
        await self.leave()
        self.report.report(.stopped)
    }

    // MARK: A round

    private mutating func round() async throws {
        let connection = try await self.open()
        if !self.isExamined {
            let askedAt = self.context.clock.now
            let opening = try await connection.examine()
            self.isExamined = true
            self.bound = self.codec.bound(
                toChannel: PostgresTableStrategy.channel(of: self.table),
                at: opening.database
            )
            self.perform(self.machine.opened(at: opening.moment, askedAt: askedAt, at: self.context.clock.now))
        }
        do {
            try await self.beat(on: connection)
        } catch let error as NotifierError
            where error.code == .tableMissing && self.configuration.createsTable
            && !self.context.isObserver
        {
            if try await connection.createTable() { self.report.created() }
            try await self.beat(on: connection)
        }
        self.backoff.succeeded()
        self.memory.forget()
        self.refusals = 0
    }

    /// The connection that is there, or a new one.
    private mutating func open() async throws -> TableConnection {
        if let connection = self.connection {
            if !connection.connection.isClosed { return connection }
            // It was lost while it was idle; perhaps nothing else is amiss.
            self.connection = nil
            await connection.close()
        }
        let connection = try await TableConnection.open(
            self.string,
            applicationName: Self.applicationName(self.context),
            memory: self.memory,
            statements: self.statements,
            configuration: self.configuration
        )
        (self.connection, self.isExamined) = (connection, false)
        self.report.metrics.sessionOpened()
        return connection
    }

    /// Cut to the 63 bytes that PostgreSQL shows of it, the node's address being what an operator looks for.
    private static func applicationName(_ context: StrategyContext) -> String {
        let name = context.isObserver ? "observer" : "\(context.localNode.endpoint)"
        return String(decoding: "\(name) \(context.clusterName)".utf8.prefix(63), as: UTF8.self)
    }

    private mutating func beat(on connection: TableConnection) async throws {
        let askedAt = self.context.clock.now
        let (moment, texts) = try await self.exchange(on: connection, at: askedAt)
        let now = self.context.clock.now
        self.report.metrics.echo(askedAt.duration(to: now))
        let answer = TableMachine.Answer(
            moment: moment,
            rows: await self.decode(texts),
            isCut: texts.count >= self.configuration.maximumRows
        )
        self.perform(self.machine.answered(answer, askedAt: askedAt, at: now))
    }

    /// Writes the own row, unless this node only observes, and reads all.
    private mutating func exchange(
        on connection: TableConnection,
        at now: Instant
    ) async throws -> (moment: Moment, rows: [String]) {
        let (cluster, rows) = (self.context.clusterName, self.configuration.maximumRows)
        guard !self.context.isObserver else { return try await connection.look(cluster: cluster, rows: rows) }
        self.machine.metadata = self.context.localNode.metadata
        let beat = self.machine.beat(at: now)
        let payload = try self.payload(of: beat)
        let answer = try await connection.beat(beat, as: payload, cluster: cluster, rows: rows)
        self.report.metrics.sent()
        return answer
    }

    private func payload(of beat: TableMachine.Beat) throws -> String {
        do {
            return try self.bound.encode(beat.envelope)
        } catch {
            // The initialiser has checked that it fits.
            throw NotifierError(code: .payloadTooLarge, message: "a row has at most \(error.limit) bytes")
        }
    }

    /// How many rows are decoded before others have their turn: some milliseconds.
    private static let rowsAtATime = 64

    private mutating func decode(_ texts: [String]) async -> [Envelope] {
        var envelopes: [Envelope] = []
        for (index, text) in texts.enumerated() {
            if index % Self.rowsAtATime == Self.rowsAtATime - 1 { await Task.yield() }
            do throws(Rejection) {
                envelopes.append(try self.bound.decode(text))
                self.report.metrics.received()
            } catch {
                // Nothing is read of a text that is too long.
                self.report.dropped(error.reason == .empty ? "oversized" : error.reason.rawValue)
            }
        }
        return envelopes
    }

    private mutating func perform(_ actions: [TableMachine.Action]) {
        let discovery = self.context.discovery
        for action in actions {
            switch action {
            case .peer(.found(let node)): discovery.found(node)
            case .peer(.lost(let node, let reason)): discovery.lost(node, reason: reason)
            case .peer(.conflict(let endpoint)): discovery.conflict(at: endpoint)
            case .peer(.dropped(let reason)): self.report.dropped(reason)
            case .condition(let condition): self.report.report(condition)
            case .clockStepped(let step): self.report.clockStepped(by: step)
            }
        }
    }

    // MARK: Faults

    private mutating func fail(_ error: any Error) async {
        guard !Task.isCancelled else { return }
        let cause =
            error as? NotifierError
            ?? NotifierError(code: .other, message: "the connection failed: \(String(describing: error).prefix(200))")
        self.machine.failed()
        // A lock or a limit that is there for a moment is not worth a line.
        self.refusals += cause.code == .busy && cause.keepsSession ? 1 : 2
        self.report.failed(cause, isLasting: self.refusals > 1)
        if !cause.keepsSession {
            await self.connection?.close()
            self.connection = nil
        }
        let delay = self.backoff.next(after: cause.code, members: self.machine.members, using: &self.generator)
        self.context.logger.debug(
            "Trying again after a wait",
            metadata: [LogKey.reason: "\(cause.code)", LogKey.delay: "\(delay)"]
        )
        // Cancellation ends the wait, and the loop sees it.
        try? await self.context.clock.sleep(until: self.context.clock.now.advanced(by: delay))
    }

    // MARK: The end

    private mutating func leave() async {
        guard let connection = self.connection else { return }
        let (cluster, bound) = (self.context.clusterName, self.configuration.farewellTimeout)
        switch self.machine.farewell(at: self.context.clock.now) {
        case .row(let beat):
            guard let payload = try? self.payload(of: beat) else { return await connection.close() }
            await connection.close(saying: (beat, payload), cluster: cluster, within: bound)
        case .erase:
            await connection.close(erasing: self.instance, cluster: cluster, within: bound)
        case nil:
            await connection.close()
        }
    }
}
