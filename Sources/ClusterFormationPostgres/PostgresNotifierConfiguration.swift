internal import ClusterAnnouncements

/// How a ``PostgresNotifier`` treats its connection.
public struct PostgresNotifierConfiguration: Sendable {
    /// How long one address may take to accept the connection and begin the session, and how long the lookup of one host's
    /// name; 10 s by default, 1 ms to 1 h.
    ///
    /// Then the host's next address is tried, and after its last one the next host of the connection string. A
    /// `connect_timeout` in the connection string, the service file or PGCONNECT_TIMEOUT wins.
    public var connectTimeout: Duration = .seconds(10)

    /// How long the server may take for one statement before the connection counts as dead; 4 s by default, 10 ms to 1 h.
    ///
    /// Keep it below the heartbeat's interval. The server itself gives a statement up after three quarters of it, and
    /// waits half of it for a lock, so that a busy server is told from a dead one.
    public var statementTimeout: Duration = .seconds(4)

    /// How long the proof may take that notifications pass a pooler; 5 s by default, 10 ms to 1 h.
    ///
    /// It is needed only where a pooler was noticed, and then once a connection.
    public var poolerCheckTimeout: Duration = .seconds(5)

    /// What the server's list of sessions shows; by default what the strategy suggests, which names the node.
    ///
    /// An `application_name` in the connection string, and PGAPPNAME, win.
    public var applicationName: String?

    /// How many bytes of notifications may wait to be consumed, for each session; 16 MiB by default, at least
    /// 64 KiB.
    ///
    /// Beyond it the oldest are dropped and counted.
    public var bufferLimit: Int = 16 << 20

    /// Makes a configuration of the defaults.
    public init() {}

    /// Refuses what can't work, before anything is opened.
    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw NotifierError(code: .misconfigured, message: message) }
        }
        try require(
            (.milliseconds(1)...(.seconds(3_600))).contains(self.connectTimeout),
            "connectTimeout is \(self.connectTimeout); choose 1 ms to 1 h (the default is 10 s)."
        )
        try require(
            (.milliseconds(10)...(.seconds(3_600))).contains(self.statementTimeout),
            "statementTimeout is \(self.statementTimeout); choose 10 ms to 1 h (the default is 4 s)."
        )
        try require(
            (.milliseconds(10)...(.seconds(3_600))).contains(self.poolerCheckTimeout),
            "poolerCheckTimeout is \(self.poolerCheckTimeout); choose 10 ms to 1 h (the default is 5 s)."
        )
        try require(
            self.bufferLimit >= 65_536,
            "bufferLimit is \(self.bufferLimit) bytes; choose at least 65,536 (the default is 16 MiB)."
        )
    }
}
