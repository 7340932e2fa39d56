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
    /// Not needed now: it waits for another strategy to fail.
    package static func standby(for name: String) -> StrategyCondition {
        .init(state: .stopped, message: "It stands by for \(name).")
    }
    /// Whether it is such a one; none that has stopped for good has something to say.
    var isStandby: Bool { self.state == .stopped && self.message != nil }

    /// The state, and the code and the message where there are any.
    public var description: String {
        ([self.state.rawValue] + [self.code, self.message].compactMap { $0 }).joined(separator: ": ")
    }
}
