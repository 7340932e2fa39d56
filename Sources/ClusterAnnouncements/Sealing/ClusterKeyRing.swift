/// The keys of a cluster: one that seals what this node sends, and those that open what it hears.
///
/// ## Changing the key without a gap
///
/// Three deployments, each complete before the next begins:
///
/// 1. `ClusterKeyRing(old, accepting: [new])`: every node learns to open the new key.
/// 2. `ClusterKeyRing(new, accepting: [old])`: one node after the other seals with the new key.
/// 3. `ClusterKeyRing(new)`: the old key is good for nothing any more.
///
/// A key that may be in wrong hands is replaced in the same way, and is worth something to them until step 3 is done.
///
/// To turn sealing on in a cluster that has no key there is no such way: a node with a key hears none without one.
public struct ClusterKeyRing: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let sendingKey: ClusterKey
    let acceptedKeys: [ClusterKey]

    /// Makes a ring.
    ///
    /// - Parameters:
    ///   - sendingKey: Seals what is sent; what others seal with it is accepted.
    ///   - otherKeys: Accepted as well; none by default.
    public init(_ sendingKey: ClusterKey, accepting otherKeys: [ClusterKey] = []) {
        self.sendingKey = sendingKey
        self.acceptedKeys = [sendingKey] + otherKeys
    }

    /// How many keys there are, and nothing of them.
    public var description: String { "ClusterKeyRing(\(self.acceptedKeys.count) redacted)" }

    /// How many keys there are, and nothing of them.
    public var debugDescription: String { self.description }

    /// A mirror without children: nothing of the keys can be dumped.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
