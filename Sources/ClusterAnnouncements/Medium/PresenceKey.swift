/// The key under which a session can be seen by the other nodes: the cluster, and the instance within it.
public struct PresenceKey: Hashable, Sendable {
    /// The same for every node of the cluster.
    public var cluster: Int32
    /// This instance.
    public var instance: Int32

    /// Makes a key.
    public init(cluster: Int32, instance: Int32) {
        self.cluster = cluster
        self.instance = instance
    }
}
