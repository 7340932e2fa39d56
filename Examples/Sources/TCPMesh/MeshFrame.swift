/// What goes over a connection: one JSON object a line, such as `{"ping":{"number":7}}`.
///
/// The side that has dialled begins with `hello`; the other one answers `welcome` or `refused`; a `confirm` makes the
/// connection the link of the two. Three steps, so that of two connections that cross both sides keep the same one.
enum MeshFrame: Hashable, Sendable, Codable {
    /// I am this, and seek that instance, if I know which.
    case hello(identity: MeshIdentity, seeks: String?)
    /// I am this, and would have you.
    case welcome(identity: MeshIdentity)
    /// I won't have you; the connection ends.
    case refused(reason: MeshRefusal)
    /// This connection is our link from now on.
    case confirm
    /// Are you there?
    case ping(number: Int)
    /// I am.
    case pong(number: Int)
    /// What the application says.
    case text(body: String)
}
