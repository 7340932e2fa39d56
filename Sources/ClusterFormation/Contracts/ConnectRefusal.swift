/// What a connector throws to have a peer never tried again.
public struct ConnectRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String { case localNode }
    private var wrapped: Wrapped

    /// The other side is this node itself, heard under another name.
    public static let localNode = ConnectRefusal(wrapped: .localNode)

    /// The refusal's name.
    public var description: String { self.wrapped.rawValue }
}
