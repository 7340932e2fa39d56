/// What a connector throws to have a peer not tried again.
public struct ConnectRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String {
        case localNode = "the other side is this node"
        case otherInstance = "another instance answers there"
    }
    private var wrapped: Wrapped

    /// The other side is this node itself, heard under another name; it is not tried again.
    public static let localNode = ConnectRefusal(wrapped: .localNode)

    /// The other side is not the instance that was asked for; that instance is not tried again, the next one is.
    ///
    /// For a peer without an instance it is a failure like any other.
    public static let otherInstance = ConnectRefusal(wrapped: .otherInstance)

    /// What it says, in words.
    public var description: String { self.wrapped.rawValue }
}
