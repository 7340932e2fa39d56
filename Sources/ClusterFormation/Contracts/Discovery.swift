/// Where a strategy reports what it learns: a sink that never blocks and never fails.
///
/// Strategies that learn single facts report ``found(_:)`` and ``lost(_:reason:)``; those that learn whole lists report
/// ``replaceAll(with:)``. A peer is forgotten only when the last strategy that vouched for it has taken that back.
public struct Discovery: Sendable {
    package enum Evidence: Sendable {
        case found(Node)
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

    /// This strategy no longer vouches for a peer.
    ///
    /// With an instance id it is ignored unless that very instance is the known one, so that a late word about an old
    /// life never removes a new one.
    public func lost(_ node: Node, reason: LossReason) {
        self.sink(.lost(node, reason))
    }

    /// The whole list of peers, as this strategy now sees it; who is missing is lost with ``LossReason/unlisted``.
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

    /// How the strategy itself is doing, for the status, the events and the log.
    public func report(_ condition: StrategyCondition) {
        self.sink(.condition(condition))
    }
}

/// Why a strategy no longer vouches for a peer.
public struct LossReason: Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String { case left, expired, sessionEnded, unlisted, evicted, localNode }
    private var wrapped: Wrapped

    /// The peer said goodbye.
    ///
    /// The only reason that always drops a link.
    public static let left = LossReason(wrapped: .left)
    /// The peer was silent for longer than its own time-to-live.
    public static let expired = LossReason(wrapped: .expired)
    /// The peer's session with the discovery mechanism ended: a suspicion, not a death.
    public static let sessionEnded = LossReason(wrapped: .sessionEnded)
    /// The peer is missing from a whole list.
    public static let unlisted = LossReason(wrapped: .unlisted)
    /// The peer had to make room in a full table.
    public static let evicted = LossReason(wrapped: .evicted)
    /// The peer turned out to be the local node, heard under another name.
    public static let localNode = LossReason(wrapped: .localNode)

    /// The reason's name, fit for a metric's dimension.
    public var description: String { self.wrapped.rawValue }
}

/// How a strategy is doing.
public struct StrategyCondition: Hashable, Sendable, CustomStringConvertible {
    /// The states, in the order in which a strategy goes through them.
    public enum State: String, Hashable, Sendable {
        /// It has not yet reached its discovery mechanism.
        case starting
        /// It works, and has proof of that.
        case active
        /// It does not work now, and goes on trying.
        case impaired
        /// It has stopped.
        case stopped
    }

    /// Which state.
    public var state: State

    /// A short, stable word for the cause, fit for a metric's dimension and for an alert; nil unless impaired.
    public var code: String?

    /// What is wrong and what to do about it, in one line without secrets; nil when there is nothing to say.
    public var message: String?

    private init(state: State, code: String? = nil, message: String? = nil) {
        self.state = state
        self.code = code
        self.message = message
    }

    /// Not yet there.
    public static let starting = StrategyCondition(state: .starting)
    /// Working, proven.
    public static let active = StrategyCondition(state: .active)
    /// Working, with a restriction that an operator should know.
    public static func active(note: String) -> StrategyCondition { .init(state: .active, message: note) }
    /// Not working now.
    public static func impaired(code: String, message: String) -> StrategyCondition {
        .init(state: .impaired, code: code, message: message)
    }
    /// Stopped.
    public static let stopped = StrategyCondition(state: .stopped)

    /// The state, and the code and the message where there are any.
    public var description: String {
        ([self.state.rawValue] + [self.code, self.message].compactMap { $0 }).joined(separator: ": ")
    }
}
