/// What the application hears from its mesh.
public enum MeshEvent: Sendable {
    /// There is a link to a peer now; told is which side has dialled.
    case linked(MeshIdentity, isDialledHere: Bool)
    /// The link is gone.
    case unlinked(MeshIdentity, reason: String)
    /// A peer says something.
    case text(String, from: MeshIdentity)
}
