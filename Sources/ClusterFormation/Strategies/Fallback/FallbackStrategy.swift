internal import Locking

/// A second way to find peers, for as long as the first one does not work.
///
/// ```swift
/// let strategy = try FallbackStrategy(primary, StaticStrategy(seeds), after: .seconds(60))
/// ```
///
/// The second strategy begins when the first one has been starting or impaired for the given time, without having been
/// active. It ends, and what it has said is taken back, when the first one has been active for that time again. Links stay
/// up meanwhile, as always.
///
/// A cluster shows both by their own names: the status tells how each is doing and which peers each vouches for. While the
/// second one is not needed, it is ``StrategyCondition/State/stopped``, and its message says what it stands by for. A first
/// or second strategy may be a fallback itself.
///
/// To have both at work all the time, give a cluster a list of strategies instead.
public struct FallbackStrategy: ClusterStrategy, CompositeStrategy {
    /// The strategy's name where it is not run by a cluster itself: `fallback`.
    public let name = "fallback"

    private let first: any ClusterStrategy
    private let second: any ClusterStrategy
    private let delay: Duration

    /// A fallback.
    ///
    /// - Parameters:
    ///   - first: The strategy that is preferred.
    ///   - second: The one that runs while the first does not work.
    ///   - delay: For how long the first one must not have worked until the second one runs, and must have worked until that
    ///     ends. Default: 30 s. Zero to one day.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``.
    public init(
        _ first: some ClusterStrategy,
        _ second: some ClusterStrategy,
        after delay: Duration = .seconds(30)
    ) throws {
        guard delay >= .zero, delay <= .seconds(24 * 3600) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The second strategy of a fallback is to run after \(delay); choose zero to a day."
            )
        }
        self.first = first
        self.second = second
        self.delay = delay
    }

    package var parts: [any ClusterStrategy] {
        let firsts = Self.parts(of: self.first)
        let gate = FallbackSwitch(parts: firsts.count, delay: self.delay)
        let watched = firsts.enumerated().map { WatchedPart(base: $0.element, index: $0.offset, gate: gate) }
        let name = self.first.name
        return watched + Self.parts(of: self.second).map { StandbyPart(base: $0, first: name, gate: gate) }
    }

    private static func parts(of strategy: any ClusterStrategy) -> [any ClusterStrategy] {
        (strategy as? any CompositeStrategy)?.parts ?? [strategy]
    }

    /// Refuses what one of the two refuses.
    public func validate(clusterName: String, localNode: Node) throws {
        try self.first.validate(clusterName: clusterName, localNode: localNode)
        try self.second.validate(clusterName: clusterName, localNode: localNode)
    }

    /// Runs both where a strategy that wraps this one does so: a cluster runs them each by itself.
    public func run(in context: StrategyContext) async throws {
        let parts = self.parts
        let union = Locked(EvidenceUnion(parts: parts.count))
        await withDiscardingTaskGroup { group in
            for (index, part) in parts.enumerated() {
                group.addTask {
                    let inner = context.reporting { evidence in
                        // Reported under the lock, so that the order stays as it was decided.
                        union.withLock { union in
                            for evidence in union.take(evidence, part: index) { context.discovery.pass(evidence) }
                        }
                    }
                    await Self.run(part, in: inner)
                }
            }
        }
        context.discovery.report(.stopped)
    }

    /// Runs a part again and again, as a cluster would.
    private static func run(_ part: any ClusterStrategy, in context: StrategyContext) async {
        var generator = SystemRandomNumberGenerator()
        var restarts = StrategyRestarts(backoff: Backoff())
        while !Task.isCancelled {
            let startedAt = context.clock.now
            var message = "The strategy returned although it was not cancelled."
            do {
                try await part.run(in: context)
            } catch {
                message = ErrorText.line(error)
            }
            guard !Task.isCancelled else { return }
            context.discovery.report(.impaired(code: "strategy_failed", message: "\(part.name): \(message)"))
            let delay = restarts.ended(after: startedAt.duration(to: context.clock.now), using: &generator)
            try? await context.clock.sleep(until: context.clock.now.advanced(by: delay))
        }
    }
}

extension StrategyContext {
    /// The same with another sink.
    func reporting(to sink: @escaping @Sendable (Discovery.Evidence) -> Void) -> StrategyContext {
        StrategyContext(
            clusterName: self.clusterName,
            localNode: self.localNodeState,
            isObserver: self.isObserver,
            discovery: Discovery(sink),
            logger: self.logger,
            metricsFactory: self.metricsFactory,
            clock: self.clock
        )
    }
}
