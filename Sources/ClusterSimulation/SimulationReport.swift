/// What has happened in a simulated cluster since it began.
public struct SimulationReport: Sendable, Hashable {
    /// How many nodes run now.
    public var running = 0
    /// How much time has passed.
    public var elapsed: Duration = .zero
    /// When all running nodes first knew all others, since the last start or fault; nil while they don't.
    public var convergence: Duration?
    /// The announcements that were sent.
    public var announcements = 0
    /// The messages of rosters that were sent.
    public var rosterMessages = 0
    /// The goodbyes that were sent.
    public var leaves = 0
    /// The messages about ended sessions that were sent.
    public var absences = 0
    /// The notifications that were sent in the first ten seconds.
    public var sentInFirstTenSeconds = 0
    /// How often a session was woken by a notification.
    public var wakeUps = 0
    /// How often a node gave up a peer that had run, with an open session that the server reached, for longer than the
    /// echo deadline.
    public var falseSuspicions = 0
    /// How often a node gave a peer up, for whatever reason but a goodbye.
    public var suspicions = 0
    /// The sessions that were opened.
    public var sessionsOpened = 0
    /// The sessions that nodes gave up because nothing proved them alive.
    public var sessionsGivenUp = 0
    /// The questions to the server about whose sessions it sees.
    public var presenceLooks = 0
    /// The most peers that a node has known at once.
    public var largestTable = 0
    /// For how long the server was busy with notifications.
    public var serverBusy: Duration = .zero

    /// All notifications that were sent.
    public var notifications: Int { self.announcements + self.rosterMessages + self.leaves + self.absences }
}
