/// What becomes of a peer that nobody vouches for any more.
///
/// A peer that said goodbye is dropped at once, whatever the policy.
public struct DeparturePolicy: Hashable, Sendable {
    private enum Wrapped { case keepWhileLinked, dropWhenUnvouched }
    private var wrapped: Wrapped

    /// Keep it as long as its link is up, and forget it when the link goes.
    ///
    /// Discovery is evidence of where a peer is; an open link is evidence that it lives. The default.
    public static let keepWhileLinked = DeparturePolicy(wrapped: .keepWhileLinked)

    /// Drop it and its link at once.
    ///
    /// For transports whose links stay up when the other side is gone.
    public static let dropWhenUnvouched = DeparturePolicy(wrapped: .dropWhenUnvouched)
}
