internal import ClusterFormation

/// How long to wait before the next session is opened: exponential, with full jitter, and never for good.
///
/// The first wait after a loss grows with the cluster, so that a restart of the server under hundreds of sessions does
/// not bring all of them back in the same instant. What only an operator can mend is tried less often.
struct SessionBackoff: Sendable {
    private var attempt = 0

    /// The session held; the next loss begins anew.
    mutating func succeeded() {
        self.attempt = 0
    }

    /// The wait before the next attempt.
    mutating func next(
        after code: NotifierError.Code,
        members: Int,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let needsOperator = Self.needsOperator.contains(code)
        let first: Duration =
            needsOperator ? .seconds(2) : min(.seconds(5), max(.milliseconds(200), .milliseconds(members * 5)))
        let most: Duration = needsOperator ? .seconds(60) : .seconds(5)
        let ceiling = min(most, first * Double(1 << min(self.attempt, 16)))
        self.attempt += 1
        // Not from zero when the cause will not go away by itself: a pooler is not to be hammered.
        return ceiling * Double.random(in: needsOperator ? 0.5...1 : 0...1, using: &generator)
    }

    private static let needsOperator: Set<NotifierError.Code> = [
        .authenticationFailed, .databaseMissing, .permissionDenied, .standby, .pooler, .tlsFailed, .misconfigured,
        .poolExhausted, .listenUnsupported,
    ]
}
