internal import ClusterFormation

/// Why one process turns another's connection down.
enum MeshRefusal: String, Codable, Error, CustomStringConvertible {
    /// The two speak different versions.
    case version
    /// They belong to different clusters.
    case cluster
    /// A process has dialled itself.
    case localNode
    /// Another instance was sought at this address: the process here has been restarted, or is another one.
    case otherInstance
    /// Both have dialled at once, and the other connection goes on.
    case crossing

    /// Judges what the other side of a new connection says of itself.
    ///
    /// - Parameters:
    ///   - remote: The other side.
    ///   - local: This process.
    ///   - sought: The instance that the dialling side expects to find at the dialled one.
    ///   - found: The dialled one.
    /// - Returns: What speaks against the connection, nil for nothing.
    static func judge(
        _ remote: MeshIdentity,
        by local: MeshIdentity,
        sought: String?,
        found: MeshIdentity
    ) -> MeshRefusal? {
        if remote.version != local.version { return .version }
        if remote.cluster != local.cluster { return .cluster }
        if remote.instance == local.instance { return .localNode }
        if let sought, sought != found.instance.description { return .otherInstance }
        return nil
    }

    var description: String {
        switch self {
        case .version: "the other side speaks another version of the mesh"
        case .cluster: "the other side belongs to another cluster"
        case .localNode: "the other side is this very process"
        case .otherInstance: "another instance answers at this address"
        case .crossing: "both sides have dialled at once"
        }
    }
}
