public import ClusterFormation

/// Who a process of the mesh says it is, in its half of the handshake.
public struct MeshIdentity: Hashable, Sendable {
    /// The version of the handshake and the frames that this code speaks.
    static let currentVersion = 1

    /// The version that the process speaks.
    var version: Int = Self.currentVersion

    /// The cluster that it belongs to.
    public var cluster: String

    /// The address at which it can be dialled.
    public var endpoint: Endpoint

    /// Which life of the process this is.
    public var instance: InstanceID

    /// What people call it.
    public var name: String

    init(cluster: String, endpoint: Endpoint, instance: InstanceID, name: String) {
        self.cluster = cluster
        self.endpoint = endpoint
        self.instance = instance
        self.name = name
    }
}

extension MeshIdentity: Codable {
    private enum Key: String, CodingKey { case version, cluster, endpoint, instance, name }

    private static let longestText = 128

    /// Reads what a peer says of itself, and refuses what is none of it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let instance = try container.decode(String.self, forKey: .instance)
        guard let id = InstanceID(instance) else {
            throw DecodingError.dataCorruptedError(forKey: .instance, in: container, debugDescription: "not an id")
        }
        self.init(
            cluster: try container.decode(String.self, forKey: .cluster),
            endpoint: try Endpoint(parsing: container.decode(String.self, forKey: .endpoint)),
            instance: id,
            name: try container.decode(String.self, forKey: .name)
        )
        self.version = try container.decode(Int.self, forKey: .version)
        // It ends up in logs and on screens.
        let isHarmless = self.name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard isHarmless, self.name.utf8.count <= Self.longestText else {
            throw DecodingError.dataCorruptedError(forKey: .name, in: container, debugDescription: "not a name")
        }
    }

    /// Writes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.version, forKey: .version)
        try container.encode(self.cluster, forKey: .cluster)
        try container.encode(self.endpoint.description, forKey: .endpoint)
        try container.encode(self.instance.description, forKey: .instance)
        try container.encode(self.name, forKey: .name)
    }
}
