#if GRPC
    internal import ClusterFormation

    /// What the client is told of one server: its numeric addresses, the preferred one first.
    struct ServerAddresses: Hashable, Sendable {
        var hosts: [String]
        var port: Int
        /// Whether the first address is told twice.
        ///
        /// The client knows a server by the list of its addresses. With one more or one less the same server is another one
        /// to it, and gets a connection of its own at once, while the old one serves until the new one is up.
        var repeatsFirst = false
    }

    extension ClusterFormation.Endpoint {
        /// Whether the host is a name, which has to be resolved.
        ///
        /// A canonical host with a colon is an IPv6 address, and one that is all digits and dots an IPv4 address.
        var hasName: Bool {
            !self.host.utf8.contains(UInt8(ascii: ":"))
                && !self.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        }
    }
#endif
