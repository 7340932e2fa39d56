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
