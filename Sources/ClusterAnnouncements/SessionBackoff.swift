internal import ClusterFormation

/// How long to wait before the next session is opened: exponential, with full jitter, and never for good.
///
/// The first wait after a loss grows with the cluster, so that a restart of the server under hundreds of sessions does
/// not bring all of them back in the same instant. What only an operator can mend is tried less often; but where a
/// session has worked before, or one of several servers may take over, the same words come from a failover that is under
/// way, and nobody waits for an operator then.
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

    /// What the causes have in common, and how they are waited for.
    private enum Class: Hashable, Sendable {
        case passing
        case operators
    }

    /// How often was waited for each class since a session held: one cause does not make the other's waits longer.
    private var attempts: [Class: Int] = [:]
    /// Whether somebody's configuration has been seen to work, or several servers make up for each other.
    private var isKnownToWork: Bool

    /// - Parameter hasSeveralServers: Whether one of several servers may take over.
    package init(hasSeveralServers: Bool = false) {
        self.isKnownToWork = hasSeveralServers
    }

    /// The session held; the next loss begins anew.
    package mutating func succeeded() {
        self.attempts = [:]
        self.isKnownToWork = true
    }

    /// The wait before the next attempt.
    package mutating func next(
        after code: NotifierError.Code,
        members: Int,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let kind: Class = code.needsOperator && !self.isKnownToWork ? .operators : .passing
        let attempt = self.attempts[kind, default: 0]
        self.attempts[kind] = attempt + 1
        let (first, most) =
            switch kind {
            case .operators: (Self.firstWaitForOperator, Self.longestWaitForOperator)
            case .passing:
                (max(Self.firstWait, Self.firstWaitPerMember.multiplied(by: members)), Self.longestWait)
            }
        let ceiling = min(most, first * Double(1 << min(attempt, 16)))
        // Not from zero when the cause will not go away by itself: a pooler is not to be hammered.
        return ceiling * Double.random(in: code.needsOperator ? 0.5...1 : 0...1, using: &generator)
    }
}

extension NotifierError.Code {
    /// Whether nothing changes before somebody acts.
    fileprivate var needsOperator: Bool {
        switch self {
        case .authenticationFailed, .databaseMissing, .permissionDenied, .standby, .pooler, .poolExhausted,
            .listenUnsupported, .tlsFailed, .misconfigured, .queueFull, .tableMissing, .tableMismatched:
            true
        default:
            false
        }
    }
}
