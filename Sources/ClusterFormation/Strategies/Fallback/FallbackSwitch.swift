internal import Locking

/// The gate behind its lock, shared by the parts of one fallback in one cluster.
final class FallbackSwitch: Sendable {
    private struct State {
        var gate: FallbackGate
        /// One for each part of the second strategy.
        var waiters: [WakeSignal] = []
    }

    private let state: Locked<State>

    init(parts: Int, delay: Duration) {
        self.state = Locked(State(gate: FallbackGate(parts: parts, delay: delay)))
    }

    /// Takes note of what a part of the first strategy reports.
    func take(_ evidence: Discovery.Evidence, part: Int, at now: Instant) {
        switch evidence {
        case .condition(let condition): self.update { $0.report(condition.state, part: part, at: now) }
        case .replaceAll: self.update { $0.answered(part: part, at: now) }
        case .found, .heardOf, .lost, .conflict: break
        }
    }

    /// A part of the first strategy has thrown: what it reports next is a proof again.
    func failed(part: Int, at now: Instant) {
        self.update { $0.report(.starting, part: part, at: now) }
    }

    private func update(_ body: (inout FallbackGate) -> Void) {
        let waiters = self.state.withLock { state in
            let before = state.gate.nextDeadline
            body(&state.gate)
            return state.gate.nextDeadline == before ? [] : state.waiters
        }
        for waiter in waiters { waiter.wake() }
    }

    /// Returns when the gate is open, or closed, or when the task is cancelled; if that is not so at once, it says that it
    /// waits.
    func wait(untilOpen isOpen: Bool, by clock: ClusterClock, waiting: () -> Void = {}) async {
        let signal = WakeSignal()
        var hasWaited = false
        self.state.withLock { state in
            state.gate.begin(at: clock.now)
            state.waiters.append(signal)
        }
        defer { self.state.withLock { state in state.waiters.removeAll { $0 === signal } } }
        while !Task.isCancelled {
            let now = clock.now
            let (isThere, deadline) = self.state.withLock { state in
                state.gate.timerFired(at: now)
                return (state.gate.isOpen == isOpen, state.gate.nextDeadline)
            }
            if isThere { return }
            if !hasWaited { waiting() }
            hasWaited = true
            if let deadline { await clock.sleep(until: deadline, or: signal) } else { await signal.wait() }
        }
    }
}
