/// Why the cluster ends a link.
public struct DisconnectReason: Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String { case peerLeft, replaced, lost, notWanted, shutdown }
    private var wrapped: Wrapped

    /// The peer said goodbye.
    public static let peerLeft = DisconnectReason(wrapped: .peerLeft)
    /// The peer restarted: the link belongs to an older instance.
    public static let replaced = DisconnectReason(wrapped: .replaced)
    /// Nobody vouches for the peer any more, and the departure policy says to drop it.
    public static let lost = DisconnectReason(wrapped: .lost)
    /// The link policy has no use for the link any more.
    public static let notWanted = DisconnectReason(wrapped: .notWanted)
    /// This node is stopping.
    public static let shutdown = DisconnectReason(wrapped: .shutdown)

    /// The reason's name, fit for a metric's dimension.
    public var description: String { self.wrapped.rawValue }
}
