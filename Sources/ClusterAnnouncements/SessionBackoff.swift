internal import ClusterFormation

/// How long to wait before the next session is opened: exponential, with full jitter, and never for good.
///
/// The first wait after a loss grows with the cluster, so that a restart of the server under hundreds of sessions does
/// not bring all of them back in the same instant. What only an operator can mend is tried less often.
package struct SessionBackoff: Sendable {
    /// The longest wait between two attempts, where nobody has to act.
    package static let longestWait = Duration.seconds(5)
    /// The longest wait where somebody has to.
    package static let longestWaitForOperator = Duration.seconds(60)
    /// The ceiling of the first wait of a small cluster: one's sessions are back before anybody notices.
    private static let firstWait = Duration.milliseconds(30)
    /// How much each member adds to it: opening a session takes a server of two cores about as much.
    private static let firstWaitPerMember = Duration.milliseconds(2)
    private static let firstWaitForOperator = Duration.seconds(2)

    private var attempt = 0

    package init() {}

    /// The session held; the next loss begins anew.
    package mutating func succeeded() {
        self.attempt = 0
    }

    /// The wait before the next attempt.
    package mutating func next(
        after code: NotifierError.Code,
        members: Int,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let needsOperator = code.needsOperator
        let first =
            needsOperator
            ? Self.firstWaitForOperator
            : min(Self.longestWait, max(Self.firstWait, Self.firstWaitPerMember.multiplied(by: members)))
        let most = needsOperator ? Self.longestWaitForOperator : Self.longestWait
        let ceiling = min(most, first * Double(1 << min(self.attempt, 16)))
        self.attempt += 1
        // Not from zero when the cause will not go away by itself: a pooler is not to be hammered.
        return ceiling * Double.random(in: needsOperator ? 0.5...1 : 0...1, using: &generator)
    }
}

extension NotifierError.Code {
    /// Whether nothing changes before somebody acts.
    fileprivate var needsOperator: Bool {
        switch self {
        case .authenticationFailed, .databaseMissing, .permissionDenied, .standby, .pooler, .tlsFailed, .misconfigured:
            true
        default:
            false
        }
    }
}
