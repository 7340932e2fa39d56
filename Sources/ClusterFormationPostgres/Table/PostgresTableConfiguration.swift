public import ClusterAnnouncements
internal import ClusterFormation

/// How a ``PostgresTableStrategy`` writes and reads its table; each value has a default.
public struct PostgresTableConfiguration: Sendable {
    /// The keys that rows are sealed with.
    ///
    /// Default: nil, rows in the clear: whoever may write into the table can then announce nodes.
    public var keys: ClusterKeyRing?

    /// The interval at which a node writes its row and reads the others' while the cluster is small.
    ///
    /// Default: 5 s. 100 ms to 1 h, with a tenth of jitter. It is how long it takes until a newcomer is known to all; the
    /// newcomer itself knows all of them at once.
    public var heartbeatInterval: Duration = .seconds(5)

    /// How many intervals a node may be silent before its peers stop believing in it.
    ///
    /// Default: 4. 2 to 1,000.
    public var timeToLiveIntervals: Int = 4

    /// How many rows a second all nodes of the cluster together may read.
    ///
    /// Default: 1,000. 1 to 1,000,000. Each node reads the rows of all: up to 70 nodes keep the interval of 5 s exactly;
    /// above that it grows with the square of the number of nodes, and so does their time-to-live.
    public var maximumRowRate: Double = 1_000

    /// How many rows of the cluster are read, and nodes remembered, at most.
    ///
    /// Default: 8,192. 2 to 1,000,000. A node that restarts leaves the row of its former life behind for a time-to-live, so
    /// allow twice as many as there are nodes. Beyond it newcomers may not be seen, nobody is given up, and the condition is
    /// `too_many_rows`.
    public var maximumRows: Int = 8_192

    /// Whether the table is created where it is missing.
    ///
    /// Default: false; ``PostgresTableStrategy/createStatement`` is for you to run. The role needs CREATE on the schema,
    /// and owns the table then.
    public var createsTable = false

    /// How long one address may take to accept the connection and begin the session, and how long the lookup of one host's
    /// name.
    ///
    /// Default: 10 s. 1 ms to 1 h. A `connect_timeout` in the connection string, the service file or PGCONNECT_TIMEOUT wins.
    public var connectTimeout: Duration = .seconds(10)

    /// How long the server may take for one statement before the connection counts as dead.
    ///
    /// Default: 4 s. 10 ms to 1 h. Keep it below ``heartbeatInterval``.
    public var statementTimeout: Duration = .seconds(4)

    /// How long the goodbye of a graceful shutdown may take.
    ///
    /// Default: 2 s. More than zero, up to 1 h.
    public var farewellTimeout: Duration = .seconds(2)

    /// What the server's list of sessions shows.
    ///
    /// Default: the node's address and the cluster's name. An `application_name` in the connection string, and PGAPPNAME,
    /// win.
    public var applicationName: String?

    /// The defaults.
    public init() {}

    /// The time-to-live of a row that is written again after an interval.
    func timeToLive(at interval: Duration) -> Duration {
        min(interval.multiplied(by: self.timeToLiveIntervals), AnnouncementConfiguration.longestTimeToLive)
    }

    /// Refuses what can't work, before anything is opened.
    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        let hour: Duration = .seconds(3_600)
        try require(
            self.heartbeatInterval >= .milliseconds(100) && self.heartbeatInterval <= hour,
            "heartbeatInterval is \(self.heartbeatInterval); choose 100 ms to 1 h (the default is 5 s)."
        )
        try require(
            (2...1_000).contains(self.timeToLiveIntervals),
            "timeToLiveIntervals is \(self.timeToLiveIntervals); choose 2 to 1,000 (the default is 4)."
        )
        try require(
            self.maximumRowRate >= 1 && self.maximumRowRate <= 1_000_000,
            "maximumRowRate is \(self.maximumRowRate) a second; choose 1 to 1,000,000 (the default is 1,000)."
        )
        try require(
            (2...1_000_000).contains(self.maximumRows),
            "maximumRows is \(self.maximumRows); choose 2 to 1,000,000 (the default is 8,192)."
        )
        try require(
            self.connectTimeout >= .milliseconds(1) && self.connectTimeout <= hour,
            "connectTimeout is \(self.connectTimeout); choose 1 ms to 1 h (the default is 10 s)."
        )
        try require(
            self.statementTimeout >= .milliseconds(10) && self.statementTimeout <= hour,
            "statementTimeout is \(self.statementTimeout); choose 10 ms to 1 h (the default is 4 s)."
        )
        try require(
            self.farewellTimeout > .zero && self.farewellTimeout <= hour,
            "farewellTimeout is \(self.farewellTimeout); choose more than zero, up to 1 h (the default is 2 s)."
        )
    }
}
