/// Where a node can be reached: a host and a port.
///
/// The host is an IPv4 address, an IPv6 address or a DNS name. It is checked and brought into one canonical form when
/// the endpoint is made, so that two spellings of an address are equal: names are lower case without a final dot
/// (RFC 4343), IPv6 addresses are written as RFC 5952 recommends, and those that stand for an IPv4 address as that one.
/// Addresses that are not one host's, such as `0.0.0.0` or a multicast address, are refused.
///
/// Where another module that you import has a type of this name, write `ClusterFormation.Endpoint`: no type is named like
/// the module, so that the qualified name always means this one.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// The host in canonical form, an IPv6 address without brackets.
    public let host: String

    /// The port, 1 to 65535.
    public let port: Int

    /// Checks a host and a port.
    ///
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidEndpoint``.
    public init(host: String, port: Int) throws {
        guard (1...65535).contains(port) else {
            throw Self.invalid("\(port) is not a port; give a number from 1 to 65535.")
        }
        self.host = try HostName.canonical(host)
        self.port = port
    }

    /// Reads `host:port`, with an IPv6 address in brackets: `[2001:db8::7]:7337`.
    ///
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidEndpoint``.
    public init(parsing text: String) throws {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            throw Self.invalid("\(HostName.quoted(text)) has no port; write host:port, or [address]:port for IPv6.")
        }
        let host = text[..<colon]
        let digits = text[text.utf8.index(after: colon)...]
        let isNumber = (1...5).contains(digits.utf8.count) && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let port = Int(digits) else {
            throw Self.invalid("\(HostName.quoted(String(digits))) is not a port; give a number from 1 to 65535.")
        }
        if host.utf8.first == UInt8(ascii: "["), host.utf8.last == UInt8(ascii: "]") {
            let address = String(host.dropFirst().dropLast())
            guard address.utf8.contains(UInt8(ascii: ":")) else {
                throw Self.invalid("\(HostName.quoted(address)) is not an IPv6 address; brackets are for those only.")
            }
            try self.init(host: address, port: port)
        } else {
            guard !host.utf8.contains(UInt8(ascii: ":")) else {
                throw Self.invalid(
                    "\(HostName.quoted(text)) is ambiguous; put an IPv6 address in brackets: [address]:port."
                )
            }
            try self.init(host: String(host), port: port)
        }
    }

    /// `host:port`, with an IPv6 address in brackets.
    public var description: String {
        self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    /// Whether only the machine itself reaches it: 127.0.0.0/8, ::1 (RFC 6890), or a name below localhost (RFC 6761).
    var isLoopback: Bool {
        if let address = HostName.addressBytes(of: self.host) {
            return address.count == 4 ? address[0] == 127 : address == Array(repeating: 0, count: 15) + [1]
        }
        return self.host == "localhost" || self.host.hasSuffix(".localhost")
    }

    static func invalid(_ message: String) -> ClusterError {
        ClusterError(code: .invalidEndpoint, message: message)
    }
}

extension Endpoint: Comparable {
    /// By host, and then by port.
    public static func < (one: Endpoint, other: Endpoint) -> Bool {
        (one.host, one.port) < (other.host, other.port)
    }
}
