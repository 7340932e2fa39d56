/// Peers from a list that is asked for again and again: all that a mechanism of your own needs is a closure.
///
/// ```swift
/// let strategy = try PollingStrategy(name: "registry", interval: .seconds(10)) {
///     try await registry.instances(of: "orders").map { try Node(host: $0.address, port: 7337) }
/// }
/// ```
///
/// A closure that throws changes nothing: the last good list stays. An empty list counts when it came several times in a
/// row, and a peer that is missing is lost after a grace (``PollingConfiguration``). The local node may be in the list.
///
/// Each look-up has a deadline, at which it is cancelled. One that ignores that keeps the next one waiting, so that they
/// never pile up, and is left behind when the strategy ends.
///
/// | code | what has happened |
/// |---|---|
/// | `timeout` | A look-up took longer than ``PollingConfiguration/timeout``. |
/// | `lookup_failed` | A look-up threw; a ``LookupError`` names a code of its own in place of this one. |
/// | `empty_unconfirmed` | The list is empty although peers were listed before, and was not so often enough yet. |
/// | `list_too_long` | More than 16,384 nodes are listed. |
public struct PollingStrategy: ClusterStrategy {
    /// The strategy's name in logs, status and metrics, as it was given.
    public let name: String

    private let configuration: PollingConfiguration
    private let hurry: WakeSignal?
    private let lookUp: @Sendable (StrategyContext) async throws -> Lookup

    /// How long a look-up that is cancelled for the strategy's end may take to return before it is left behind.
    private static let endGrace: Duration = .seconds(1)

    /// Peers from a closure that is called once an interval.
    ///
    /// - Parameters:
    ///   - name: A short name for logs, the status and metrics, such as `registry`; 1 to 64 bytes.
    ///   - interval: The time between look-ups, 10 ms to one day. Default: 5 s.
    ///   - lookUp: Returns the whole list of peers, or throws; it is to return soon when its task is cancelled.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``.
    public init(
        name: String,
        interval: Duration = .seconds(5),
        lookUp: @escaping @Sendable () async throws -> [Node]
    ) throws {
        var configuration = PollingConfiguration()
        configuration.interval = interval
        try self.init(name: name, configuration: configuration, lookUp: lookUp)
    }

    /// Peers from a closure, with everything that can be chosen.
    ///
    /// - Parameters:
    ///   - name: A short name for logs, the status and metrics, such as `registry`; 1 to 64 bytes.
    ///   - configuration: How often it is asked, and when its answers are believed.
    ///   - lookUp: Returns the whole list of peers, or throws; it is to return soon when its task is cancelled.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``.
    public init(
        name: String,
        configuration: PollingConfiguration,
        lookUp: @escaping @Sendable () async throws -> [Node]
    ) throws {
        try self.init(
            name: name,
            configuration: configuration,
            lookUpSources: { _ in Lookup(.whole(try await lookUp())) }
        )
    }

    /// Peers from a closure that asks several sources, or tells whole answers from partial ones.
    ///
    /// What it throws is a failure of all sources. Waking `hurry` brings the next look-up forward to now.
    package init(
        name: String,
        configuration: PollingConfiguration,
        hurry: WakeSignal? = nil,
        lookUpSources lookUp: @escaping @Sendable (StrategyContext) async throws -> Lookup
    ) throws {
        guard (1...64).contains(name.utf8.count), !NodeMetadata.hasControlCharacters(name) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The name of a polling strategy has 1 to 64 bytes without control characters."
            )
        }
        try configuration.validate()
        self.name = name
        self.configuration = configuration
        self.hurry = hurry
        self.lookUp = lookUp
    }

    /// Looks up and reports until the task is cancelled.
    public func run(in context: StrategyContext) async throws {
        let clock = context.clock
        var generator = SystemRandomNumberGenerator()
        var machine = PollingMachine(configuration: self.configuration, seed: generator.next(), at: clock.now)
        while !Task.isCancelled {
            let call = LookupCall { try await self.lookUp(context) }
            let result = await call.result(until: clock.now.advanced(by: self.configuration.timeout), by: clock)
            guard !Task.isCancelled else {
                await Self.end(call, by: clock)
                break
            }
            // One that heeds its cancellation throws, but it is the deadline that it has failed of.
            call.cancel()
            let outcome: PollingMachine.Outcome =
                switch result {
                case .success(let lookup): .answered(lookup)
                case .failure(let error): .failed(LookupError(error))
                case nil: .overdue
                }
            machine.ended(outcome, at: clock.now).deliver(to: context.discovery)
            await self.wait(until: machine.nextLookup, by: clock)
            await call.waitForEnd()
        }
        context.discovery.report(.stopped)
    }

    private func wait(until deadline: Instant, by clock: ClusterClock) async {
        guard let hurry = self.hurry else {
            try? await clock.sleep(until: deadline)
            return
        }
        await clock.sleep(until: deadline, or: hurry)
    }

    /// Cancels a look-up and gives it a moment to return, in a task that is not cancelled itself.
    private static func end(_ call: LookupCall, by clock: ClusterClock) async {
        call.cancel()
        let deadline = clock.now.advanced(by: self.endGrace)
        await Task { _ = await call.result(until: deadline, by: clock) }.value
    }
}
