public import ClusterFormation

/// How a ``LeaderService`` holds on to its leadership and lets it go; each value has a default.
///
/// All nodes of a key need the same ``leaseTime`` and ``stopTime``: each relies on the others having ended in time.
public struct LeaderConfiguration: Sendable {
    /// How long an answer of the server is good for, reckoned from the sending of the question.
    ///
    /// Default: 5 s. 50 ms to 1 h. A leader whose last answered question is older ends its child. A shorter one finds a new
    /// leader sooner, and takes a server that is slow for one that is gone.
    public var leaseTime: Duration = .seconds(5)

    /// How long the child needs to end when its task is cancelled.
    ///
    /// Default: 1 s. More than zero, up to 1 h. A new leader waits for ``leaseTime`` and for this before it begins, unless
    /// it has seen the end of the one before. A child that takes longer can overlap with the next one.
    public var stopTime: Duration = .seconds(1)

    /// How often a leader proves that its session lives.
    ///
    /// Default: 1 s. 10 ms up to half of ``leaseTime``.
    public var probeInterval: Duration = .seconds(1)

    /// How long the others wait at most before they ask for the lock again; half of it at least.
    ///
    /// Default: 1 s. 10 ms to 1 h. A leader that stops stays for 1.5 of these so that its successor sees its end.
    public var retryInterval: Duration = .seconds(1)

    /// How long a child service may take for a graceful shutdown before its task is cancelled.
    ///
    /// Default: 10 s. Zero to 1 h; with zero it is cancelled at once. A child that is a closure is always cancelled at once,
    /// since it hears of no shutdown otherwise.
    public var shutdownTime: Duration = .seconds(10)

    /// The wait after a child that has returned or thrown, before this node takes part again.
    ///
    /// Default: 1 s at first, 30 s at most.
    public var restartBackoff = Backoff(initial: .seconds(1), maximum: .seconds(30))

    /// How long one address may take to accept the connection and begin the session, and how long the lookup of one host's
    /// name.
    ///
    /// Default: 10 s. 1 ms to 1 h. A `connect_timeout` in the connection string, the service file or PGCONNECT_TIMEOUT wins.
    public var connectTimeout: Duration = .seconds(10)

    /// What the server's list of sessions shows.
    ///
    /// Default: `leader` and the key. An `application_name` in the connection string, and PGAPPNAME, win.
    public var applicationName: String?

    /// The defaults.
    public init() {}

    // MARK: What follows from it

    /// How long a new holder waits for a child of which it knows nothing.
    var takeoverDelay: Duration { self.leaseTime + self.stopTime }

    /// How long a session may be silent before the server ends it: by then its holder has long given up.
    ///
    /// The server reckons from its last answer, which is later than the sending of the question, and the probe that failed
    /// comes an interval after that.
    var idleTimeout: Duration { self.leaseTime + self.probeInterval }

    /// How long a former holder stays for its successor, who asks once in each retry interval.
    var lingerTime: Duration { self.retryInterval + self.retryInterval.halved }

    /// How often the two of them look for each other meanwhile.
    var handoverInterval: Duration { min(.milliseconds(50), self.retryInterval / 4) }

    /// Refuses what can't work, before anything is opened.
    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        let hour: Duration = .seconds(3_600)
        try require(
            self.leaseTime >= .milliseconds(50) && self.leaseTime <= hour,
            "leaseTime is \(self.leaseTime); choose 50 ms to 1 h (the default is 5 s)."
        )
        try require(
            self.stopTime > .zero && self.stopTime <= hour,
            "stopTime is \(self.stopTime); choose more than zero, up to 1 h (the default is 1 s)."
        )
        try require(
            self.probeInterval >= .milliseconds(10) && self.probeInterval <= self.leaseTime / 2,
            "probeInterval is \(self.probeInterval); choose 10 ms up to half of leaseTime, which is \(self.leaseTime) "
                + "(the default is 1 s)."
        )
        try require(
            self.retryInterval >= .milliseconds(10) && self.retryInterval <= hour,
            "retryInterval is \(self.retryInterval); choose 10 ms to 1 h (the default is 1 s)."
        )
        try require(
            self.shutdownTime >= .zero && self.shutdownTime <= hour,
            "shutdownTime is \(self.shutdownTime); choose zero to 1 h (the default is 10 s)."
        )
        try require(
            self.restartBackoff.initial > .zero && self.restartBackoff.maximum >= self.restartBackoff.initial
                && self.restartBackoff.maximum <= hour,
            "restartBackoff is \(self.restartBackoff.initial) to \(self.restartBackoff.maximum); choose an initial wait "
                + "above zero, and a maximum that is not less, up to 1 h (the defaults are 1 s and 30 s)."
        )
        try require(
            self.connectTimeout >= .milliseconds(1) && self.connectTimeout <= hour,
            "connectTimeout is \(self.connectTimeout); choose 1 ms to 1 h (the default is 10 s)."
        )
    }
}
