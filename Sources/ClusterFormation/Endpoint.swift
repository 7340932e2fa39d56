/// Where a node can be reached: a host and a port.
///
/// The host is an IPv4 address, an IPv6 address or a DNS name. It is checked and brought into one canonical form when
/// the endpoint is made, so that two spellings of an address are equal: names are lower case without a final dot
/// (RFC 4343), IPv6 addresses are written as RFC 5952 recommends.
public struct Endpoint: Hashable, Sendable {
    /// The host in canonical form, an IPv6 address without brackets.
    public let host: String

    /// The port, 1 to 65535.
    public let port: Int

    /// Checks a host and a port.
    ///
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidEndpoint``.
    public init(host: String, port: Int) throws {
        // SKELETON: replaced by the real parser.
        self.host = host
        self.port = port
    }
}
