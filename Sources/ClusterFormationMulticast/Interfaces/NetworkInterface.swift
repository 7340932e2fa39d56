#if Multicast
    internal import NIOCore

    /// One interface as one version of IP sees it: where datagrams are sent to, and where they are heard.
    struct NetworkInterface: Hashable, Sendable {
        enum Family: Hashable, Sendable { case ipv4, ipv6 }

        var name: String
        /// The kernel's number: an interface that was made anew under its old name has another one.
        var index: Int
        var family: Family
        /// Its first address of that version.
        var address: SocketAddress
        /// Where its broadcasts go, if it has any.
        var broadcastAddress: SocketAddress?
    }
#endif
