internal import ClusterFormation

/// Which of a name's addresses are peers.
public struct DNSAddressFamilies: Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String { case ofLocalNode, ipv4, ipv6, both }
    private var wrapped: Wrapped

    /// The family of the local node's own address, and both where that is a name.
    ///
    /// Where peers have an address in each family, every peer would otherwise be two.
    public static let ofLocalNode = DNSAddressFamilies(wrapped: .ofLocalNode)
    /// IPv4 addresses (A).
    public static let ipv4 = DNSAddressFamilies(wrapped: .ipv4)
    /// IPv6 addresses (AAAA).
    public static let ipv6 = DNSAddressFamilies(wrapped: .ipv6)
    /// All addresses; of a service's target the IPv4 addresses, and those of IPv6 where it has no others.
    public static let both = DNSAddressFamilies(wrapped: .both)

    /// The value's name.
    public var description: String { self.wrapped.rawValue }

    /// The records to ask for; the first one counts most.
    func types(for localNode: Endpoint) -> [RecordType] {
        switch self.wrapped {
        case .ipv4: [.ipv4Address]
        case .ipv6: [.ipv6Address]
        case .both: [.ipv4Address, .ipv6Address]
        case .ofLocalNode:
            if localNode.host.utf8.contains(UInt8(ascii: ":")) {
                [.ipv6Address]
            } else if Self.isIPv4(localNode.host) {
                [.ipv4Address]
            } else {
                [.ipv4Address, .ipv6Address]
            }
        }
    }

    /// Whether an endpoint's host is an IPv4 address: only those end in a number.
    static func isIPv4(_ host: String) -> Bool {
        guard let last = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last else {
            return false
        }
        return !last.isEmpty && last.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
