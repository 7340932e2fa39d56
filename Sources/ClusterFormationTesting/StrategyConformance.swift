public import ClusterFormation
public import Logging
internal import Metrics

/// Holds a strategy to the contract of `ClusterStrategy`, as far as that can be seen from outside.
///
/// It belongs to no testing framework: ``verify()`` throws a ``Failure`` that says what is wrong.
///
/// ```swift
/// var conformance = StrategyConformance { try DNSStrategy(name: "orders.local", resolver: resolver) }
/// conformance.expectedPeers = [try Endpoint(host: "10.0.0.1", port: 7337)]
/// conformance.breakMechanism = { resolver.fail() }
/// try await conformance.verify()
/// ```
public struct StrategyConformance: Sendable {
    /// What a strategy does against its contract.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The rule, in one sentence.
        public var rule: String
        /// What the strategy did instead.
        public var message: String

        /// The rule and what was done instead.
        public var description: String { "\(self.rule) \(self.message)" }
    }

    /// Makes the strategy, anew for each run of it.
    public var makeStrategy: @Sendable () async throws -> any ClusterStrategy

    /// The cluster's name; `conformance` unless set.
    public var clusterName = "conformance"

    /// The local node; a node on 192.0.2.1, an address for documentation, unless set.
    public var localNode: Node?

    /// The peers that the strategy has to find where it runs; none unless set.
    public var expectedPeers: Set<Endpoint> = []

    /// Makes the mechanism fail that the strategy learns from, such as a name server; nil where the test can't.
    public var breakMechanism: (@Sendable () async throws -> Void)?

    /// How long finding the peers may take; ten seconds unless set.
    public var findLimit: Duration = .seconds(10)

    /// How long the strategy may take to return once it is cancelled; five seconds unless set.
    public var stopLimit: Duration = .seconds(5)

    /// How long the strategy is watched for what it must not do; a quarter of a second unless set.
    ///
    /// Set it to several of the strategy's own intervals.
    public var watchTime: Duration = .milliseconds(250)

    /// Where the strategy logs; nowhere unless set.
    public var logger: Logger?

    /// Makes a suite for a strategy.
    public init(makeStrategy: @escaping @Sendable () async throws -> any ClusterStrategy) {
        self.makeStrategy = makeStrategy
    }

    /// Runs every check.
    ///
    /// - Throws: ``Failure`` at the first rule that is broken, or what the closures throw.
    public func verify() async throws {
        try await self.verifyName()
        try await self.verifyPromptCancellation()
        try await self.verifyRun()
        // A strategy that failed, or whose session ended, is run again.
        let strategy = try await self.makeStrategy()
        try await self.observe(strategy) { try await self.findPeers($0) }
        try await self.observe(strategy) { try await self.findPeers($0) }
    }

    private func verifyName() async throws {
        let (one, other) = (try await self.makeStrategy(), try await self.makeStrategy())
        guard !one.name.isEmpty, one.name == other.name else {
            throw Failure(
                rule: "A strategy's name is the same for every value of the type.",
                message: "The names are \"\(one.name)\" and \"\(other.name)\"."
            )
        }
        try one.validate(clusterName: self.clusterName, localNode: self.node())
    }

    /// Cancels the strategy at once, before it has got anywhere.
    private func verifyPromptCancellation() async throws {
        try await self.observe(try await self.makeStrategy()) { _ in }
    }

    private func verifyRun() async throws {
        try await self.observe(try await self.makeStrategy()) { observed in
            try await self.findPeers(observed)
            try await self.breakMechanism?()
            let before = observed.value.losses.count
            let peers = self.expectedPeers
            do {
                try await observed.wait(within: self.watchTime) { _ in
                    "the end, or a loss"
                } until: {
                    $0.outcome != nil || !$0.losses(of: peers, after: before).isEmpty
                }
                if let outcome = observed.value.outcome { try self.check(outcome) }
            } catch is WaitTimeout {
                // It runs, as it should.
            }
            let lost = observed.value.losses(of: peers, after: before)
            guard lost.isEmpty else {
                throw Failure(
                    rule: "An error is not an empty answer.",
                    message: "Peers that are still there were reported lost: \(lost)."
                )
            }
        }
    }

    /// Who throws is run again; but a strategy whose mechanism works has no reason to.
    private func check(_ outcome: Result<Void, any Error>) throws {
        if self.breakMechanism != nil, case .failure = outcome { return }
        throw Failure(
            rule: "A strategy runs until it is cancelled.",
            message: "It ended uncancelled: \(outcome)."
        )
    }

    private func findPeers(_ observed: Observed<StrategyObservation>) async throws {
        do {
            try await observed.wait(within: self.findLimit) { _ in
                "all peers"
            } until: {
                self.expectedPeers.isSubset(of: $0.known) || $0.outcome != nil
            }
        } catch is WaitTimeout {
            throw self.peersNotFound(observed.value, "")
        }
        guard self.expectedPeers.isSubset(of: observed.value.known) else {
            throw self.peersNotFound(observed.value, " It ended: \(observed.value.outcome.map { "\($0)" } ?? "").")
        }
    }

    private func peersNotFound(_ observation: StrategyObservation, _ more: String) -> Failure {
        Failure(
            rule: "A strategy finds the peers that are there.",
            message: "After \(self.findLimit) these were missing: "
                + "\(self.expectedPeers.subtracting(observation.known)).\(more)"
        )
    }

    private func node() throws -> Node {
        var node = try self.localNode ?? Node(host: "192.0.2.1", port: 7337)
        if node.instance == nil { node.instance = .random() }
        return node
    }

    /// Runs a strategy, lets a body watch it, cancels it and waits for its end.
    private func observe(
        _ strategy: any ClusterStrategy,
        _ body: (Observed<StrategyObservation>) async throws -> Void
    ) async throws {
        let observed = Observed(StrategyObservation())
        let context = StrategyContext(
            clusterName: self.clusterName,
            localNode: try self.node(),
            discovery: Discovery { evidence in observed.update { $0.take(evidence) } },
            logger: self.logger ?? Logger(label: "conformance", factory: { _ in SwiftLogNoOpLogHandler() }),
            metricsFactory: NOOPMetricsHandler.instance,
            clock: ClusterClock(ContinuousClock())
        )
        // Not a child task: a strategy that ignores its cancellation would hang the suite instead of failing it.
        let running = Task {
            do {
                try await strategy.run(in: context)
                observed.update { $0.outcome = .success(()) }
            } catch {
                observed.update { $0.outcome = .failure(error) }
            }
        }
        defer { running.cancel() }
        try await body(observed)
        running.cancel()
        do {
            try await observed.wait(within: self.stopLimit) { _ in
                "the end"
            } until: {
                $0.outcome != nil
            }
        } catch is WaitTimeout {
            throw Failure(
                rule: "A strategy returns when it is cancelled.",
                message: "It had not returned \(self.stopLimit) later."
            )
        }
    }
}

/// What a strategy has reported so far.
struct StrategyObservation: Sendable {
    private(set) var known: Set<Endpoint> = []
    private(set) var losses: [Endpoint] = []
    var outcome: Result<Void, any Error>?

    /// Which of some peers were lost after so many losses.
    func losses(of peers: Set<Endpoint>, after count: Int) -> [Endpoint] {
        self.losses.dropFirst(count).filter(peers.contains)
    }

    mutating func take(_ evidence: Discovery.Evidence) {
        switch evidence {
        case .found(let node), .heardOf(let node):
            self.known.insert(node.endpoint)
        case .lost(let node, _):
            if self.known.remove(node.endpoint) != nil { self.losses.append(node.endpoint) }
        case .replaceAll(let nodes):
            let listed = Set(nodes.map(\.endpoint))
            self.losses += self.known.subtracting(listed)
            self.known = listed
        case .conflict, .condition:
            break
        }
    }
}
