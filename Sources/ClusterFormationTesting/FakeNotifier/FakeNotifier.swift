public import ClusterAnnouncements
internal import ClusterFormation

/// An in-memory bus in PostgreSQL's place, with a switch for every fault.
///
/// Nodes that share one value hear each other, and themselves, as they do through PostgreSQL. Where no delay is set, a
/// notification has arrived in every session's buffer when `NotifierSession/notify(_:)` returns. Chance comes from a
/// seed, so a test that fails fails again; delays are turned by the clock that the bus was given.
///
/// ```swift
/// let bus = FakeNotifier(seed: 7)
/// bus.setFaults { $0.dropProbability = 0.2 }
/// ...
/// bus.disconnectAll()
/// ```
public final class FakeNotifier: Notifier {
    /// What PostgreSQL's NOTIFY can carry.
    public var medium: Medium { .postgres }

    let state: Observed<State>
    let clock: ClusterClock

    /// Makes a bus without faults.
    ///
    /// - Parameters:
    ///   - seed: Where chance begins.
    ///   - clock: What delays are measured by; real time unless told otherwise.
    ///   - sessionCapacity: How many notifications a session keeps that nobody has consumed; 10,000 unless told
    ///     otherwise.
    public init(seed: UInt64 = 0, clock: any Clock<Duration> = ContinuousClock(), sessionCapacity: Int = 10_000) {
        self.clock = ClusterClock(clock)
        self.state = Observed(State(generator: SeededGenerator(seed: seed), sessionCapacity: sessionCapacity))
    }

    // MARK: Faults

    /// Changes what goes wrong from now on.
    ///
    /// - Parameters:
    ///   - applicationName: For which sessions, present and future; nil for all that have no faults of their own. The
    ///     first change for a name begins with the faults of all.
    ///   - change: The change.
    public func setFaults(for applicationName: String? = nil, _ change: @Sendable (inout Faults) -> Void) {
        self.act { state in
            guard let applicationName else { return change(&state.faults) }
            change(&state.ownFaults[applicationName, default: state.faults])
        }
    }

    /// Ends every fault.
    public func clearFaults() {
        self.act { state in
            state.faults = Faults()
            state.ownFaults = [:]
        }
    }

    /// Breaks every session.
    public func disconnectAll(with error: NotifierError = .brokenByTest) {
        self.act { state in for processID in state.openProcessIDs { state.end(processID, with: error) } }
    }

    /// Breaks the sessions of one name; false when there are none.
    @discardableResult
    public func disconnect(_ applicationName: String, with error: NotifierError = .brokenByTest) -> Bool {
        self.act { state in
            let broken = state.sessions.filter {
                $0.value.isOpen && $0.value.request.applicationName == applicationName
            }
            for processID in broken.keys { state.end(processID, with: error) }
            return !broken.isEmpty
        }
    }

    /// Sets the bus's clock, which all its sessions are told: forward, or back where the duration is negative.
    public func stepClock(by step: Duration) {
        self.act { $0.clockStep += step }
    }

    /// The bus's time: it begins with the year 2026.
    var moment: Moment {
        let elapsed = Instant.start.duration(to: self.clock.now)
        return Moment(microseconds: 1_767_225_600_000_000).advanced(by: elapsed + self.state.value.clockStep)
    }

    /// Sends what no session has sent: a stranger's payload.
    ///
    /// - Parameters:
    ///   - payload: The payload, of any length.
    ///   - channel: The channel.
    ///   - processID: As whose it is to be heard; a process of nobody's unless told otherwise.
    public func inject(_ payload: String, on channel: String, processID: Int32 = 1) {
        let now = self.clock.now
        self.act { state in
            state.broadcast(Notification(channel: channel, payload: payload, processID: processID), from: nil, at: now)
        }
    }

    // MARK: What happened

    /// Everything that was sent, injected or swallowed, in its order.
    public var sent: [Notification] { self.state.value.sent }

    /// The sessions that are open, by process id.
    public var sessions: [SessionDescription] { self.state.value.openSessions }

    /// Waits until at least so many sessions are open.
    ///
    /// - Throws: ``WaitTimeout`` when that takes longer than the limit, a minute unless told otherwise.
    public func waitForSessions(count: Int, within limit: Duration = .seconds(60)) async throws {
        try await self.state.wait(within: limit) { state in
            "\(count) sessions; there are \(state.openSessions)"
        } until: { state in
            state.openSessions.count >= count
        }
    }

    /// Waits until what was sent satisfies a condition.
    ///
    /// - Throws: ``WaitTimeout`` when that takes longer than the limit, a minute unless told otherwise.
    public func waitForSent(
        _ what: String,
        within limit: Duration = .seconds(60),
        _ condition: @escaping @Sendable ([Notification]) -> Bool
    ) async throws {
        try await self.state.wait(within: limit) { state in
            "\(what); \(state.sent.count) were sent"
        } until: { state in
            condition(state.sent)
        }
    }

    // MARK: Notifier

    /// Opens a session, unless the faults say otherwise.
    public func openSession(_ request: NotifierSessionRequest) async throws -> Session {
        try Task.checkCancellation()
        try await self.state.wait { state in
            let faults = state.faults(of: request.applicationName)
            return faults.refusal != nil || !(faults.swallowsOutgoing || faults.swallowsIncoming)
        }
        let wakeUp = Observed<UInt64>(0)
        let processID = try self.state.update { state -> Result<Int32, NotifierError> in
            if let refusal = state.faults(of: request.applicationName).refusal { return .failure(refusal) }
            return .success(state.open(request, wakeUp: wakeUp))
        }.get()
        return Session(bus: self, request: request, processID: processID, wakeUp: wakeUp)
    }

    /// Changes the state, and then wakes the sessions for which it has changed.
    @discardableResult
    func act<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, wakeUps) = self.state.update { state in
            let result = body(&state)
            return (result, state.takeWakeUps())
        }
        for wakeUp in wakeUps { wakeUp.update { $0 += 1 } }
        return result
    }
}

extension NotifierError {
    /// The error of a session that the test has broken.
    public static let brokenByTest = NotifierError(code: .connectionLost, message: "the test has broken the connection")
}
