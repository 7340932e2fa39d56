public import ClusterAnnouncements
internal import ClusterFormation
internal import EventLoop
internal import LibPQ

/// PostgreSQL's LISTEN and NOTIFY as a `Notifier`.
///
/// All sessions of one notifier share one connection: it is opened for the first, and closed with the last. So several
/// clusters in a process that are given the same notifier cost the server one connection. When the connection breaks,
/// every session on it ends; the next session opens a new one.
public final class PostgresNotifier: Notifier {
    /// The thread on which notifications arrive, to be preferred by tasks that consume them.
    ///
    /// It saves waking another thread for each notification. Nothing that runs there may block or compute for long:
    /// all connections of the process live on it.
    public var executor: (any TaskExecutor)? { PollLoop.shared.taskExecutor }

    /// Whether the connection string or the environment names several hosts.
    public var hasSeveralServers: Bool { self.share.hasSeveralServers }

    /// PostgreSQL's limits: 7,999 bytes, and a window of 10 s.
    public var medium: Medium { .postgres }

    private let configuration: PostgresNotifierConfiguration
    private let share: ConnectionShare

    /// Checks a connection string and keeps it; nothing is opened.
    ///
    /// - Parameters:
    ///   - connection: In any form that libpq takes: a URI, `key=value` pairs, several hosts, a service, or an empty
    ///     string for the PG* environment alone.
    ///   - configuration: Time limits and the like.
    /// - Throws: `NotifierError` with the code `NotifierError/Code/misconfigured`, which does not quote the string.
    public init(
        connection: String,
        configuration: PostgresNotifierConfiguration = PostgresNotifierConfiguration()
    ) throws {
        try configuration.validate()
        do {
            self.share = ConnectionShare(
                PostgresConnector(string: try ConnectionString(connection), configuration: configuration)
            )
        } catch {
            throw NotifierError.wrapping(error)
        }
        self.configuration = configuration
    }

    /// Listens on a channel, on the connection that the other sessions use or on a new one.
    public func openSession(_ request: NotifierSessionRequest) async throws -> PostgresNotifierSession {
        do {
            try Channel.check(request.channel)
            let applicationName = self.configuration.applicationName ?? request.applicationName
            let connection = try await self.share.acquire(applicationName: applicationName)
            do {
                return try await PostgresNotifierSession.open(
                    request,
                    on: connection,
                    of: self.share,
                    configuration: self.configuration
                )
            } catch {
                await self.share.release(connection, within: .seconds(1))
                throw error
            }
        } catch {
            throw NotifierError.wrapping(error)
        }
    }
}
