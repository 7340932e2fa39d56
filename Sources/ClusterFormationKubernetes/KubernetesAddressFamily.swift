/// Which of its addresses a peer of a dual-stack cluster is known by.
public struct KubernetesAddressFamily: Hashable, Sendable, CustomStringConvertible {
    enum Wrapped: String, Hashable, Sendable { case localNode, ipv4, ipv6 }

    let wrapped: Wrapped

    /// Those of the local node's family; where its host is a name, the IPv4 addresses if there are any.
    public static let localNode = KubernetesAddressFamily(wrapped: .localNode)
    /// IPv4 addresses.
    public static let ipv4 = KubernetesAddressFamily(wrapped: .ipv4)
    /// IPv6 addresses.
    public static let ipv6 = KubernetesAddressFamily(wrapped: .ipv6)

    /// The choice's name.
    public var description: String { self.wrapped.rawValue }
}
