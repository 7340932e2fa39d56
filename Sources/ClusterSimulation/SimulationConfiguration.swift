public import ClusterAnnouncements

/// What a simulated cluster is made of.
public struct SimulationConfiguration: Sendable {
    /// Where chance begins; the same seed gives the same run.
    ///
    /// Default: 0.
    public var seed: UInt64 = 0

    /// Whether messages are sealed, which leaves less room in each.
    ///
    /// Default: false. Nothing is sealed in truth, since nobody in the simulation forges.
    public var isKeyed = false

    /// What each node is configured with; the table has room for everybody unless told otherwise.
    public var announcements: AnnouncementConfiguration

    /// What the server takes its time for.
    public var server = SimulatedServerCost()

    /// Which part of the deliveries is lost, from 0 to 1, one by one.
    ///
    /// Default: 0.
    public var lossProbability: Double = 0

    /// How much later than asked for each timer fires: never in time, on a real machine.
    ///
    /// Default: 50 microseconds.
    public var timerLateness: Duration = .microseconds(50)

    /// How many threads work on a notification that thousands hear.
    ///
    /// Default: 1; the result does not depend on it unless deliveries are lost.
    public var threads = 1

    /// The defaults, with room for so many nodes.
    public init(nodes: Int = 4_096) {
        self.announcements = AnnouncementConfiguration()
        self.announcements.maximumPeers = max(nodes, 4_096)
    }
}

/// What a notification costs the simulated server: it sends one after the other.
///
/// The defaults are measured with PostgreSQL 15 on two cores: 415 microseconds and 62.5 for each listening session when
/// it is at rest, 52 and 10 when it is behind and sends many at once.
public struct SimulatedServerCost: Sendable {
    /// The time that a notification takes by itself.
    ///
    /// Default: 415 microseconds.
    public var notification: Duration = .microseconds(415)
    /// The time that it takes for each listening session besides.
    ///
    /// Default: 62.5 microseconds.
    public var delivery: Duration = .nanoseconds(62_500)
    /// The time that a notification takes by itself while others wait.
    ///
    /// Default: 52 microseconds.
    public var notificationWhenBehind: Duration = .microseconds(52)
    /// The time that it takes for each listening session besides, while others wait.
    ///
    /// Default: 10 microseconds.
    public var deliveryWhenBehind: Duration = .microseconds(10)
    /// The time that a message or a question spends on its way to the server, and an answer on its way back.
    ///
    /// Default: 200 microseconds.
    public var latency: Duration = .microseconds(200)
    /// The time that opening a session takes.
    ///
    /// Default: 5 ms.
    public var opening: Duration = .milliseconds(5)
    /// After what time the server notices that a session's other end can't be reached.
    ///
    /// Default: 20 s.
    public var noticesLossAfter: Duration = .seconds(20)

    /// The defaults.
    public init() {}
}
