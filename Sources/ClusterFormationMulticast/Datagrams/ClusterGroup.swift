#if Multicast
    internal import Crypto

    /// What is derived from a cluster's name, the same on all nodes: the groups that it uses, and the tag that its datagrams
    /// carry.
    ///
    /// Two clusters may fall into one group, and by broadcast all do: the tag tells them apart at once, and the message says
    /// the cluster's name again, or is sealed for it.
    struct ClusterGroup: Hashable, Sendable {
        /// 64 bits that tell clusters apart.
        let tag: UInt64
        /// A group of organization-local scope (RFC 2365), within 239.255.0.0/16.
        let ipv4: String
        /// A transient group of link-local scope (RFC 4291, section 2.7), within ff12::/96.
        let ipv6: String

        /// The groups of a cluster's name: the first 14 bytes of the SHA-256 of this protocol's name, a zero byte, and the
        /// cluster's name; eight bytes of tag, two of the group of IPv4 and four of that of IPv6.
        init(cluster name: String) {
            let digest = Array(SHA256.hash(data: Array("swift-cluster-formation multicast v1\0\(name)".utf8)))
            self.tag = digest[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
            self.ipv4 = "239.255.\(digest[8]).\(digest[9])"
            let (high, low) = (Self.word(digest[10], digest[11]), Self.word(digest[12], digest[13]))
            self.ipv6 = "ff12::\(high):\(low)"
        }

        private static func word(_ high: UInt8, _ low: UInt8) -> String {
            String(UInt16(high) << 8 | UInt16(low), radix: 16)
        }
    }
#endif
