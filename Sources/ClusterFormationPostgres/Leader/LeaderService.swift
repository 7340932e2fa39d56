internal import ClusterAnnouncements
public import ClusterFormation
internal import LibPQ
internal import Locking
public import Logging
public import Metrics
public import ServiceLifecycle

/// Runs a service on one node at a time: on the one that holds a lock in PostgreSQL.
///
/// ```swift
/// let reports = try LeaderService(key: "reports", connection: "postgres://app@db/app", logger: logger) { leadership in
///     try await sendReports(fencingToken: leadership.fencingToken)
/// }
/// try await ServiceGroup(services: [reports], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// All nodes run it with the same key and against the same database. One of them runs the child; when it stops, dies, or
/// loses the server, its child is ended and another node's begins. It needs no table and no right beyond CONNECT, and keeps
/// one connection of its own.
///
/// What it promises: while every node's clock runs evenly and every child ends within ``LeaderConfiguration/stopTime`` of
/// its cancellation, no two children run at the same time on one server, whatever happens to the server and the network.
/// It can't promise that for a process that is stopped and wakes later, nor for two servers that both believe to be the
/// primary; for those there is ``Leadership/fencingToken``. The page <doc:OneLeader> says more.
///
/// How it fails: it does not. A server that is away, a child that throws: it goes on, for as long as the service runs.
public final class LeaderService: Service, CustomStringConvertible {
    /// The options; each has a default.
    public typealias Configuration = LeaderConfiguration

    /// What is led.
    public let key: String

    private let driver: LeaderDriver
    private let hub = LeaderHub()
    private let hasRun = Locked(false)

    /// Runs a closure on the leader.
    ///
    /// When the closure returns or throws, leadership is given up, and this node takes part again after
    /// ``LeaderConfiguration/restartBackoff``. Its task is cancelled when leadership is lost or in doubt, and when this node
    /// stops; it is to return within ``LeaderConfiguration/stopTime`` then.
    /// - Parameters:
    ///   - key: What is led, the same on all nodes: 1 to 128 bytes without control characters.
    ///   - connection: Anything that libpq takes: a URI, `key=value` pairs, several hosts, a service; what it leaves out
    ///     comes from the `PG*` environment variables, as for psql.
    ///   - configuration: Everything else.
    ///   - clock: The clock for every deadline; a monotonic one, that goes on while the machine sleeps.
    ///   - logger: Where to log to.
    ///   - metricsFactory: Where to count.
    ///   - lead: What the leader does.
    /// - Throws: `NotifierError` with the code `misconfigured` when the connection string is none; `ClusterError` with the
    ///   code `invalidConfiguration` when the key or an option can't work.
    public convenience init(
        key: String,
        connection: String,
        configuration: Configuration = .init(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory,
        lead: @escaping @Sendable (_ leadership: Leadership) async throws -> Void
    ) throws {
        // A closure hears of no graceful shutdown.
        var configuration = configuration
        try configuration.validate()
        configuration.shutdownTime = .zero
        try self.init(key, connection, configuration, clock, logger, metricsFactory, lead)
    }

    /// Runs a service on the leader, a new one for each leadership.
    ///
    /// It is shut down gracefully when this node is, and cancelled when leadership is lost or in doubt. All else is as for
    /// ``init(key:connection:configuration:clock:logger:metricsFactory:lead:)``.
    public convenience init(
        key: String,
        service: @escaping @Sendable (_ leadership: Leadership) -> any Service,
        connection: String,
        configuration: Configuration = .init(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        metricsFactory: any MetricsFactory = MetricsSystem.factory
    ) throws {
        try self.init(key, connection, configuration, clock, logger, metricsFactory) { leadership in
            try await service(leadership).run()
        }
    }

    private init(
        _ key: String,
        _ connection: String,
        _ configuration: Configuration,
        _ clock: any Clock<Duration>,
        _ logger: Logger,
        _ metricsFactory: any MetricsFactory,
        _ lead: @escaping LeaderDriver.Lead
    ) throws {
        try configuration.validate()
        guard (1...128).contains(key.utf8.count), !NodeMetadata.hasControlCharacters(key) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The key has \(key.utf8.count) bytes; give one of 1 to 128 bytes without control characters, "
                    + "the same on all nodes."
            )
        }
        var options = PostgresNotifierConfiguration()
        options.connectTimeout = configuration.connectTimeout
        var logger = logger
        logger[metadataKey: LogKey.leaderKey] = "\(key)"
        self.key = key
        do {
            self.driver = LeaderDriver(
                key: key,
                connector: PostgresConnector(string: try ConnectionString(connection), configuration: options),
                configuration: configuration,
                clock: ClusterClock(clock),
                logger: logger,
                report: LeaderReport(key: key, logger: logger, factory: metricsFactory, hub: self.hub),
                lead: lead
            )
        } catch {
            throw NotifierError.wrapping(error)
        }
    }

    /// The key.
    public var description: String { "leader of \(self.key)" }

    // MARK: What can be asked, from any thread

    /// The leadership of this node, or nil while it does not lead.
    public var leadership: Leadership? { self.hub.current }

    /// Whether this node leads at this moment.
    public var isLeader: Bool { self.leadership != nil }

    /// Whether this node leads, at once and after each change.
    public var leaderships: Leaderships { self.hub.subscribe() }

    /// Whether this node can take part: active, or impaired with the codes of ``PostgresNotifyStrategy``.
    ///
    /// Not for a readiness check: a node that can't lead can still serve.
    public var condition: StrategyCondition { self.hub.condition }

    // MARK: Running

    /// Takes part until it is shut down gracefully or its task is cancelled; to be called once.
    ///
    /// A leader then ends its child first, stays until a successor has seen that or for 1.5 times
    /// ``LeaderConfiguration/retryInterval``, and returns. It does not return or throw because of an outage of any kind, nor
    /// because of its child.
    /// - Throws: `ClusterError` with the code `alreadyRunning` when it is called again.
    public func run() async throws {
        let isFirst = self.hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        guard isFirst else {
            throw ClusterError(code: .alreadyRunning, message: "This leader has been run before; make a new one.")
        }
        let driver = self.driver
        // Not a child: in a cancelled task there would be no way to give the lock back. It is awaited here, so it does not
        // outlive this call.
        let life = Task { await driver.run() }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await life.value
            } onGracefulShutdown: {
                driver.shutDown(gracefully: true)
            }
        } onCancel: {
            driver.shutDown(gracefully: false)
        }
    }
}
