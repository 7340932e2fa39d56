internal import ClusterFormation

/// When a node leads, and what it asks of the server for that; as a value.
///
/// The lock says whose turn it is; it does not say that the one before has ended, since the server frees the lock of a
/// session that is gone and knows nothing of the child that still runs on the other machine. So the two sides share one
/// span of time. A holder's child is cancelled when the *sending* of its last answered question is longer ago than the
/// lease. A new holder waits, from the moment at which it learnt that it has the lock, for a lease and for the time that a
/// child may take to end: every proof of the one before was answered earlier than that. Only a holder whose end it can see
/// spares it the wait, see ``Release``.
struct LeaderMachine: Sendable {
    /// Which sessions of the server hold the two locks, by their process ids.
    struct View: Hashable, Sendable {
        /// The holder of the lock.
        var holder: Int32?
        /// The one before, whose child has ended and who waits until its successor has seen that.
        var former: Int32?
    }

    enum Question: Hashable, Sendable {
        /// To take the lock.
        case tryLock
        /// The number of this leadership.
        case token
        /// Who holds the locks, which is also the proof that the session lives.
        case look
        /// To give the lock back and to hold the mark instead.
        case release
    }

    enum Answer: Hashable, Sendable {
        /// Whether the lock was got, and then, who holds the mark.
        case tried(isGranted: Bool, former: Int32?)
        case token(Int64)
        case seen(View)
        case released(Bool)
    }

    enum Action: Hashable, Sendable {
        case begin(token: Int64)
        /// The child has to end; it has until the stop time is over.
        case cancelChild
        /// Nobody is told any longer that this node leads.
        case end(LeadershipEnd)
        case closeSession(Fault?)
        /// A child that was told to end still runs.
        case childOverdue
    }

    /// What this node has against its own session.
    enum Fault: Hashable, Sendable {
        case unproven
        case lockLost
    }

    // MARK: States

    /// The lock is this node's, and the child of the one before may still run.
    struct Claim: Hashable, Sendable {
        var provenAt: Instant
        var nextLook: Instant
        var mayBeginAt: Instant
        /// Whether the mark was seen while this node had the lock.
        var hasSeenMark: Bool
        var token: Int64?
    }

    struct Term: Hashable, Sendable {
        var provenAt: Instant
        var nextLook: Instant
        /// Set when this node shuts down: when the next step towards its child's end is due.
        var stop: Stop?
    }

    struct Stop: Hashable, Sendable {
        var isCancelled: Bool
        var deadline: Instant
    }

    /// The child has ended, and the next holder is to know.
    ///
    /// A holder whose child has ended takes a second lock, the mark, and only then frees the first one; it keeps the mark
    /// until it sees a successor, or for as long as one needs that asks once in a while. And nobody begins while another
    /// session has the mark. So who has the lock and sees the mark knows that nobody has begun since it was taken: such a one
    /// would have to have seen it gone before.
    struct Release: Hashable, Sendable {
        var isDone = false
        var until: Instant
        var nextLook: Instant
        var hasSeenSuccessor = false
    }

    enum State: Hashable, Sendable {
        /// No session, or one that nothing is asked on.
        case away
        /// Somebody else leads, or nobody.
        case seeking(nextTry: Instant)
        case claiming(Claim)
        case leading(Term)
        case releasing(Release)
        /// The session is given up, and the child of its leadership has been told to end.
        case adrift(overdueAt: Instant?)
    }

    let configuration: LeaderConfiguration
    private(set) var isShuttingDown = false
    var state = State.away
    var processID: Int32 = 0
    var generator: SeededGenerator

    init(configuration: LeaderConfiguration, seed: UInt64) {
        self.configuration = configuration
        self.generator = SeededGenerator(seed: seed)
    }

    // MARK: What is due

    /// What to ask the server next, and when; nil when the session has no further use.
    var question: (question: Question, due: Instant)? {
        switch self.state {
        case .away, .adrift:
            return nil
        case .seeking(let nextTry):
            return (.tryLock, nextTry)
        case .claiming(let claim):
            return claim.token == nil ? (.token, claim.provenAt) : (.look, claim.nextLook)
        case .leading(let term):
            return (.look, term.nextLook)
        case .releasing(let release):
            return release.isDone ? (.look, release.nextLook) : (.release, release.nextLook)
        }
    }

    /// When ``timerFired(at:)`` is due.
    var deadline: Instant? {
        switch self.state {
        case .away, .seeking: nil
        case .claiming(let claim): self.leaseEnd(provenAt: claim.provenAt)
        case .leading(let term): min(self.leaseEnd(provenAt: term.provenAt), term.stop?.deadline ?? .distantFuture)
        case .releasing(let release): release.until
        case .adrift(let overdueAt): overdueAt
        }
    }

    /// Until when this node may lead unless a further proof comes; nil while it does not.
    var leaseEnd: Instant? {
        guard case .leading(let term) = self.state else { return nil }
        return self.leaseEnd(provenAt: term.provenAt)
    }

    var isLeading: Bool { self.leaseEnd != nil }

    /// Whether a session is wanted and no child of an earlier one runs.
    var wantsSession: Bool { self.state == .away && !self.isShuttingDown }

    var isFinished: Bool { self.state == .away && self.isShuttingDown }

    func leaseEnd(provenAt: Instant) -> Instant { provenAt.advanced(by: self.configuration.leaseTime) }

    // MARK: Shutdown

    /// This node stops: a child may end by itself for as long as the configuration says, or is cancelled at once.
    mutating func shutDown(gracefully: Bool, at now: Instant) -> [Action] {
        self.isShuttingDown = true
        switch self.state {
        case .away, .seeking, .claiming:
            self.state = .away
            return [.closeSession(nil)]
        case .leading(var term):
            guard !gracefully || self.configuration.shutdownTime <= .zero else {
                guard term.stop == nil else { return [] }
                term.stop = Stop(isCancelled: false, deadline: now.advanced(by: self.configuration.shutdownTime))
                self.state = .leading(term)
                return []
            }
            guard term.stop?.isCancelled != true else { return [] }
            return self.cancelChild(of: term, at: now)
        case .releasing, .adrift:
            return []
        }
    }

    mutating func cancelChild(of term: Term, at now: Instant) -> [Action] {
        var term = term
        term.stop = Stop(isCancelled: true, deadline: now.advanced(by: self.configuration.stopTime))
        self.state = .leading(term)
        return [.cancelChild]
    }
}

extension Instant {
    fileprivate static let distantFuture = Instant(nanoseconds: .max)
}
