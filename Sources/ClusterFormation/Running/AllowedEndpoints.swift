/// Which endpoints a cluster may connect to, whoever announces them.
///
/// A guard against addresses that were made up: in a cluster without a key, or where one may be known to others.
///
/// ```swift
/// var configuration = ClusterConfiguration()
/// configuration.allowedEndpoints = try .networks(["10.0.0.0/8", "fd00::/8"], ports: 7000...7999)
/// ```
public struct AllowedEndpoints: Sendable {
    private let isAllowed: @Sendable (Endpoint) -> Bool

    /// Every endpoint.
    public static let all = AllowedEndpoints.matching { _ in true }

    /// Those with an address in one of the networks and a port in the range.
    ///
    /// A host that is a name is in no network; allow names with ``matching(_:)``.
    ///
    /// - Parameters:
    ///   - networks: IPv4 and IPv6 networks as RFC 4632 and RFC 4291 write them, such as `10.0.0.0/8`; an address
    ///     without a length is that one address.
    ///   - ports: The ports; all by default.
    /// - Returns: The endpoints.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration`` when a network can't be read.
    public static func networks(_ networks: [String], ports: ClosedRange<Int> = 1...65_535) throws -> AllowedEndpoints {
        let networks = try networks.map { text in
            guard let network = Network(parsing: text) else {
                throw ClusterError(
                    code: .invalidConfiguration,
                    message: "\(HostName.quoted(text)) is not a network; write 10.0.0.0/8 or fd00::/8, "
                        + "with no bits set beyond the length."
                )
            }
            return network
        }
        return .matching { endpoint in
            ports.contains(endpoint.port) && networks.contains { $0.contains(host: endpoint.host) }
        }
    }

    /// Those for which a closure returns true.
    ///
    /// - Parameter isAllowed: Asked while the cluster's state is locked: it must return at once, without I/O, and call
    ///   nothing of the cluster.
    /// - Returns: The endpoints.
    public static func matching(_ isAllowed: @escaping @Sendable (Endpoint) -> Bool) -> AllowedEndpoints {
        AllowedEndpoints(isAllowed: isAllowed)
    }

    func contains(_ endpoint: Endpoint) -> Bool { self.isAllowed(endpoint) }
}
