/// Where a strategy reports what it learns: a sink that never blocks and never fails.
///
/// Strategies that learn single facts report ``found(_:)`` and ``lost(_:reason:)``; those that learn whole lists report
/// ``replaceAll(with:)``. A peer is forgotten only when the last strategy that vouched for it has taken that back.
public struct Discovery: Sendable {
    package enum Evidence: Sendable {
        case found(Node)
        case heardOf(Node)
        case lost(Node, LossReason)
        case replaceAll([Node])
        case conflict(Endpoint)
        case condition(StrategyCondition)
    }

    private let sink: @Sendable (Evidence) -> Void

    package init(_ sink: @escaping @Sendable (Evidence) -> Void) {
        self.sink = sink
    }

    /// A peer is there, is there still, or says something new of itself.
    ///
    /// The same endpoint with another instance id is a restart: the old instance is replaced.
    public func found(_ node: Node) {
        self.sink(.found(node))
    }

    /// Somebody else says that a peer is there; it has not spoken for itself yet.
    ///
    /// Such a peer is known and connected like any other, but after those that were ``found(_:)``, so that one who makes
    /// up addresses keeps nobody waiting. It counts as found when any strategy has found it; what is found stays so.
    public func heardOf(_ node: Node) {
        self.sink(.heardOf(node))
    }

    /// This strategy no longer vouches for a peer.
    ///
    /// With an instance id it is ignored unless that very instance is the known one, so that a late word about an old
    /// life never removes a new one.
    public func lost(_ node: Node, reason: LossReason) {
        self.sink(.lost(node, reason))
    }

    /// The whole list of peers, as this strategy now sees it; a peer that is missing is lost with ``LossReason/unlisted``.
    ///
    /// A whole list is an answer, and so a proof: a strategy that was starting, or had failed, is
    /// ``StrategyCondition/active`` from then on without a further word.
    public func replaceAll(with nodes: [Node]) {
        self.sink(.replaceAll(nodes))
    }

    /// Two living nodes claim one endpoint, as far as this strategy can see.
    ///
    /// Report it besides ``found(_:)`` and as often as it is seen: the cluster tells by the endpoint whether the local
    /// node is one of the two, and emits ``ClusterEvent/endpointConflict(_:isLocal:)``, counts and logs it once for each
    /// endpoint. It changes nothing else: which of the two is found is for the strategy to say.
    public func conflict(at endpoint: Endpoint) {
        self.sink(.conflict(endpoint))
    }

    /// Passes on what another strategy has reported.
    package func pass(_ evidence: Evidence) {
        self.sink(evidence)
    }

    /// How the strategy itself is doing, for the status, the events and the log.
    public func report(_ condition: StrategyCondition) {
        self.sink(.condition(condition))
    }
}
