internal import ClusterAnnouncements
internal import ClusterFormation

/// One node of a simulation: the machine that runs in production, and what its process and its connection are doing.
struct SimulatedNode {
    enum Process {
        /// Not yet started, or ended.
        case none
        case running
        /// Stopped as by SIGSTOP; what it is sent waits for it.
        case frozen
    }

    let index: Int
    var machine: AnnouncementProtocol
    var process = Process.none
    /// How many faults cut it off from the server, which does not notice at once.
    var cuts = 0
    /// The process id of its session, 0 while it has none.
    var processID: Int32 = 0
    /// Grows when the session or the process changes: what was under way for the one before is void.
    var epoch = 0
    var failedAttempts = 0
    /// The earliest moment at which the machine will be called by itself.
    var wakeAt = Int64.max
    /// What came while it was frozen.
    var unread: [(envelope: Envelope, processID: Int32)] = []
    /// What else it waited for, and came while it was frozen.
    var unseen: [ClusterSimulation.Event] = []
    /// Whether the session ended while it was frozen.
    var hasLostSession = false

    var isCutOff: Bool { self.cuts > 0 }

    /// Since when it runs and the server reaches it, if that is so.
    var reachableSince = Int64.max
    var isReachable: Bool { self.process == .running && !self.isCutOff && self.processID != 0 }

    /// Whether it has been reachable for long enough to have said so: a message that was lost before holds the next one
    /// back for as long as its echo may take.
    func isKnownToLive(at now: Int64) -> Bool {
        self.isReachable && now - self.reachableSince > self.machine.configuration.echoDeadline.inNanoseconds
    }

    /// The wake-up that must be added, if the machine now wants to be called earlier than it will be.
    mutating func takeWake(after now: Int64) -> Int64? {
        guard let deadline = self.machine.nextDeadline else { return nil }
        let moment = max(deadline.sinceStart.inNanosecondsRoundedUp, now)
        guard moment < self.wakeAt else { return nil }
        self.wakeAt = moment
        return moment
    }
}

extension Duration {
    /// Not before the moment itself: a timer that fires early fires twice.
    fileprivate var inNanosecondsRoundedUp: Int64 {
        let parts = self.components
        return parts.seconds * 1_000_000_000 + (parts.attoseconds + 999_999_999) / 1_000_000_000
    }
}

extension Instant {
    init(nanoseconds: Int64) {
        self.init(sinceStart: .nanoseconds(nanoseconds))
    }
}
