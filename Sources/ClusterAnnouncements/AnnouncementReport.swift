internal import ClusterFormation
internal import Locking
internal import Logging

/// What operators hear of the announcements: conditions, one line for each kind of thing that is amiss, and counters.
final class AnnouncementReport: Sendable {
    private struct State {
        var condition = StrategyCondition.starting
        var presenceNote: String?
        /// Whether the table of peers is full.
        var isFull = false
        var wasLeftOut = false
        /// The condition while nobody else is heard, whatever else is well.
        var isolation: StrategyCondition?
        /// How often in a row the medium has refused a request.
        var refusals = 0
        /// The kinds of dropped message that were explained; bounded, since there are only so many kinds.
        var explained: Set<String> = []
    }

    private let channel: String
    private let terms: MediumTerms
    private let context: StrategyContext
    private let metrics: AnnouncementMetrics
    private let state = Locked(State())

    init(channel: String, terms: MediumTerms, context: StrategyContext, metrics: AnnouncementMetrics) {
        self.channel = channel
        self.terms = terms
        self.context = context
        self.metrics = metrics
    }

    func unsealed() {
        self.context.logger.info(
            "Announcements are not sealed: whoever may \(self.terms.access) can announce nodes; set a key to prevent it",
            metadata: [LogKey.channel: "\(self.channel)"]
        )
    }

    /// No session is open yet, and none has failed: said once.
    func stillStarting(after patience: Duration) {
        guard self.state.withLock({ $0.condition == .starting && $0.explained.insert("starting").inserted }) else {
            return
        }
        self.context.logger.notice(
            "Still starting: waiting for the first session to be opened",
            metadata: [
                LogKey.channel: "\(self.channel)",
                LogKey.explanation: "It takes longer than \(patience); see whether \(self.terms.reachability).",
            ]
        )
    }

    func impaired(_ cause: NotifierError) {
        self.report(.impaired(code: cause.code.description, message: cause.message))
    }

    func active(isFull: Bool) {
        let (isolation, note) = self.state.withLock { state in
            state.refusals = 0
            state.isFull = isFull
            return (state.isolation, isFull ? self.fullNote : state.presenceNote)
        }
        self.report(isolation ?? note.map { .active(note: $0) } ?? .active)
    }

    /// No other machine is heard.
    func isolated(for silence: Duration, peers: Int) {
        let error = NotifierError(
            code: .isolated,
            message: "No other machine was heard for \(Int(silence.inSeconds)) s, though this one hears itself; all "
                + "\(peers) peers are kept. \(self.terms.isolation)"
        )
        self.noteIsolation(error)
    }

    /// Everything that is heard is refused for its moment.
    func clocksDiffer(by difference: Duration) {
        let direction = difference > .zero ? "behind" : "ahead of"
        self.noteIsolation(
            NotifierError(
                code: .clockSkew,
                message:
                    "The others' clocks are \(Int(abs(difference.inSeconds))) s \(direction) this one, and none is let in: "
                    + self.terms.staleness
            )
        )
    }

    private func noteIsolation(_ error: NotifierError) {
        let condition = StrategyCondition.impaired(code: error.code.description, message: error.message)
        self.state.withLock { $0.isolation = condition }
        self.report(condition)
    }

    /// Others are heard again, or a new session will tell.
    func isolationEnded() {
        self.state.withLock { $0.isolation = nil }
    }

    func presence(isVisible: Bool, isShown: Bool) {
        let isFull: Bool? = self.state.withLock { state in
            state.presenceNote =
                switch (isVisible, isShown) {
                case (true, true): nil
                case (true, false): Self.takenNote
                case (false, _): Self.invisibleNote
                }
            return state.condition.state == .active ? state.isFull : nil
        }
        if let isFull { self.active(isFull: isFull) }
    }

    private var fullNote: String {
        "As many peers are known as maximumPeers allows, and others are refused; raise it, or see who may "
            + "\(self.terms.access)."
    }

    private static let invisibleNote =
        "The server does not show other nodes' sessions, so a killed node is found by its silence alone; "
        + "let the role execute pg_advisory_lock_shared and read pg_locks to find it sooner."

    private static let takenNote =
        "Another session holds the advisory lock by which others see this node's; it is tried again, and until then this "
        + "node's death is found by its silence alone. See in pg_locks who holds it."

    /// A member has no room for this node: said once.
    func leftOut() {
        self.metrics.rejected("left_out")
        guard
            self.state.withLock({ state in
                defer { state.wasLeftOut = true }
                return !state.wasLeftOut
            })
        else { return }
        self.context.logger.notice(
            "A member knows as many peers as it may and has no room for this node; this is said once",
            metadata: [
                LogKey.channel: "\(self.channel)",
                LogKey.explanation: "Raise maximumPeers on all nodes, or see who may \(self.terms.access).",
            ]
        )
    }

    func clockStepped(by step: Duration) {
        self.context.logger.notice(
            "The \(self.terms.clockOwner)'s clock has stepped; nothing is lost by it",
            metadata: [LogKey.delay: "\(step)"]
        )
    }

    /// The medium has refused a request, and the session goes on: counted, and said once for each cause.
    ///
    /// Twice in a row it is a condition: what this node says is not heard.
    func refused(_ error: NotifierError) {
        let reason = "refused_\(error.code)"
        self.metrics.rejected(reason)
        let (isLasting, isNew) = self.state.withLock { state in
            state.refusals += 1
            return (state.refusals > 1, state.explained.insert(reason).inserted)
        }
        if isLasting { self.impaired(error) }
        guard isNew else { return }
        self.context.logger.notice(
            "The \(self.terms.counterpart) has refused a request, and is asked again later; this is said once, the metric counts them all",
            metadata: [LogKey.code: "\(error.code)", LogKey.explanation: "\(error.message)"]
        )
    }

    /// Counts every message that was not acted on; logs the first of a kind.
    func dropped(_ reason: String) {
        self.metrics.rejected(reason)
        guard let explanation = RejectionExplanation.text(of: reason, on: self.terms) else { return }
        guard self.state.withLock({ $0.explained.insert(reason).inserted }) else { return }
        self.context.logger.notice(
            "Messages on the channel are being dropped; this is said once, the metric counts them all",
            metadata: [
                LogKey.channel: "\(self.channel)", LogKey.reason: "\(reason)", LogKey.explanation: "\(explanation)",
            ]
        )
    }

    private func report(_ condition: StrategyCondition) {
        let isNew = self.state.withLock { state in
            defer { state.condition = condition }
            return state.condition != condition
        }
        if isNew { self.context.discovery.report(condition) }
    }
}
