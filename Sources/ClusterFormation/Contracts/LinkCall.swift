internal import Locking

/// One call of a connector, from its begin to the end of its link: what both sides have said of it so far.
package final class LinkCall: Sendable {
    /// How a link has ended.
    enum End: Sendable {
        /// The connection is gone, says the connector.
        case closed(reason: String?)
        /// The cluster wants it to end.
        case wanted(DisconnectReason)
    }

    private struct State {
        var isUp = false
        var end: End?
        var endReason: DisconnectReason?
        /// The connector's call has returned.
        var isOver = false
        /// Nobody waits for an orderly end any more.
        var isGivenUp = false
        var waiter: CheckedContinuation<End, Never>?
        var onGiveUp: (@Sendable () -> Void)?

        /// The first end counts; it answers who waits for it.
        mutating func finish(_ end: End) -> CheckedContinuation<End, Never>? {
            guard self.end == nil else { return nil }
            self.end = end
            defer { self.waiter = nil }
            return self.waiter
        }
    }

    /// Whether a cluster will say when the link is to end; without one, cancellation says it.
    private let isAttended: Bool
    /// Wakes what cancels the connector's task.
    let cancellation = WakeSignal()
    private let onUp: @Sendable (LinkCall) -> Void
    private let state = Locked(State())

    init(isAttended: Bool, onUp: @escaping @Sendable (LinkCall) -> Void) {
        self.isAttended = isAttended
        self.onUp = onUp
    }

    var wasUp: Bool { self.state.withLock { $0.isUp } }

    /// Why the cluster wants the link to end; nil while it does not.
    var endReason: DisconnectReason? { self.state.withLock { $0.endReason } }

    // MARK: The connector's words

    func up() {
        let isFirst = self.state.withLock { state in
            defer { state.isUp = true }
            return !state.isUp
        }
        if isFirst { self.onUp(self) }
    }

    /// The connection is gone.
    func close(_ reason: String?) {
        let waiter = self.state.withLock { $0.finish(.closed(reason: reason)) }
        waiter?.resume(returning: .closed(reason: reason))
    }

    // MARK: The cluster's words

    /// The link is to be ended; false when the call is over already, and nobody is left to end it.
    func end(_ reason: DisconnectReason) -> Bool {
        let (waiter, isOver) = self.state.withLock { state in
            if !state.isOver { state.endReason = reason }
            return (state.finish(.wanted(reason)), state.isOver)
        }
        waiter?.resume(returning: .wanted(reason))
        self.cancellation.wake()
        return !isOver
    }

    /// The connection is gone, though the connector has not said so.
    func abandon() {
        self.close(nil)
        self.cancellation.wake()
    }

    /// The call has returned; the reason if the cluster has wanted that.
    func over() -> DisconnectReason? {
        self.state.withLock { state in
            state.isOver = true
            return state.endReason
        }
    }

    /// The end takes too long.
    func giveUp() {
        let onGiveUp = self.state.withLock { state in
            state.isGivenUp = true
            defer { state.onGiveUp = nil }
            return state.onGiveUp
        }
        onGiveUp?()
    }

    // MARK: What the two-call form asks

    /// The end, if it has come already.
    var ended: End? { self.state.withLock { $0.end } }

    /// Waits until one side has ended the link; for one task.
    func waitForEnd() async -> End {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end = self.state.withLock { state -> End? in
                    if state.end == nil { state.waiter = continuation }
                    return state.end
                }
                if let end { continuation.resume(returning: end) }
            }
        } onCancel: {
            if !self.isAttended { _ = self.end(.notWanted) }
        }
    }

    /// What is to be done when the end takes too long; at once if it does already.
    func onGiveUp(_ action: @escaping @Sendable () -> Void) {
        let isGivenUp = self.state.withLock { state in
            if !state.isGivenUp { state.onGiveUp = action }
            return state.isGivenUp
        }
        if isGivenUp { action() }
    }
}
