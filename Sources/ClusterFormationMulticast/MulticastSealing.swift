#if Multicast
    public import ClusterAnnouncements

    /// Whether announcements are sealed, to be said by name: on a local network anybody can send, and forge where it comes
    /// from.
    public struct MulticastSealing: Sendable {
        let keys: ClusterKeyRing?

        private init(_ keys: ClusterKeyRing?) {
            self.keys = keys
        }

        /// Sealed with one key, the same on all nodes.
        public static func key(_ key: ClusterKey) -> MulticastSealing { MulticastSealing(ClusterKeyRing(key)) }

        /// Sealed with the keys of a ring, while a key is changed.
        public static func keys(_ keys: ClusterKeyRing) -> MulticastSealing { MulticastSealing(keys) }

        /// In the clear: whoever can send a datagram on the network can announce nodes, speak for others, and take them away.
        ///
        /// For a network that holds nobody else, such as a developer's machine.
        public static let unsealed = MulticastSealing(nil)
    }
#endif
