public import ClusterAnnouncements

extension FakeNotifier {
    /// What goes wrong on the bus.
    ///
    /// The default is nothing.
    public struct Faults: Sendable {
        /// The share of deliveries that are lost, 0 to 1.
        ///
        /// Each receiver's delivery is decided by itself.
        public var dropProbability: Double = 0

        /// Deliveries that are lost by choice; nil for none.
        public var drops: (@Sendable (Delivery) -> Bool)?

        /// The share of deliveries that arrive twice, 0 to 1.
        public var duplicateProbability: Double = 0

        /// The share of deliveries that are overtaken by the session's next one, 0 to 1.
        public var reorderProbability: Double = 0

        /// How long deliveries take, by the bus's clock, each a random time in the range; nil (the default) for none:
        /// then it has arrived when `NotifierSession/notify(_:)` returns.
        public var delay: ClosedRange<Duration>?

        /// What a new session is refused with; nil, the default, for not at all.
        public var refusal: NotifierError?

        /// What sending is refused with, in a session that stays open; nil, the default, for not at all.
        public var sendingRefusal: NotifierError?

        /// Whether what a session sends is swallowed on its way: it seems up, and nobody hears it nor answers.
        ///
        /// What the session is asked to do hangs until it is cancelled, or the session closed or broken.
        public var swallowsOutgoing = false

        /// Whether what a session is to hear is swallowed on its way: others hear it, and it seems up, but nothing comes
        /// back, not even the answer to a statement; what the session is asked to do hangs.
        public var swallowsIncoming = false

        /// Whether sessions hear nothing though the server answers them, as behind a transaction-mode pooler.
        public var isDeaf = false

        /// Whether the medium can tell which sessions live.
        public var showsPresence = true

        /// Makes faults that are none.
        public init() {}
    }

    /// One notification on its way to one session.
    public struct Delivery: Hashable, Sendable {
        /// What is to be delivered.
        public var notification: ClusterAnnouncements.Notification
        /// The application name of the session that sent it; nil where the test injected it.
        public var sender: String?
        /// The application name of the session that is to hear it.
        public var receiver: String
        /// Whether it is the sender's own echo.
        public var isEcho: Bool
    }

    /// A session that is open.
    public struct SessionDescription: Hashable, Sendable {
        /// The server's process id.
        public var processID: Int32
        /// What it was opened for.
        public var channel: String
        /// Whose it is.
        public var applicationName: String
    }
}
