/// How a ``PostgresNotifier`` treats its connection.
public struct PostgresNotifierConfiguration: Sendable {
    /// How long one host may take to accept the connection; 10 s by default.
    ///
    /// The lookup of its name counts. Then the next host of the connection string is tried. A `connect_timeout` in
    /// the connection string wins.
    public var connectTimeout: Duration = .seconds(10)

    /// How long the server may take for one statement before the connection counts as dead; 4 s by default.
    ///
    /// Keep it below the heartbeat's interval. The server itself gives a statement up after three quarters of it, and
    /// waits half of it for a lock, so that a busy server is told from a dead one.
    public var statementTimeout: Duration = .seconds(4)

    /// How long the proof may take that notifications pass a pooler; 5 s by default.
    ///
    /// It is needed only where a pooler was noticed, and then once a connection.
    public var poolerCheckTimeout: Duration = .seconds(5)

    /// What the server's list of sessions shows; by default what the strategy suggests, which names the node.
    ///
    /// An `application_name` in the connection string, and PGAPPNAME, win.
    public var applicationName: String?

    /// How many bytes of notifications may wait to be consumed, for each session; 16 MiB by default.
    ///
    /// Beyond it the oldest are dropped and counted.
    public var bufferLimit: Int = 16 << 20

    /// Makes a configuration of the defaults.
    public init() {}
}
