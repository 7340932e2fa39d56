public import ClusterFormation

/// How names are looked up; each value has a default.
public struct DNSConfiguration: Hashable, Sendable {
    /// How often, for how long, and when an answer is believed.
    ///
    /// Default: every 5 s, or when the records' time-to-live ends if that is later, 30 s at most; 5 s for a look-up; an
    /// empty answer counts when it came three times, and a peer is lost when three whole answers lacked it.
    public var polling = PollingConfiguration()

    /// Which addresses count.
    ///
    /// Default: those of the local node's own family. It is for services (SRV), too, and then for their targets.
    public var families = DNSAddressFamilies.ofLocalNode

    /// Whether the peers of a service (SRV) are known by their targets' names, rather than by the targets' addresses.
    ///
    /// Default: false. Set it where the nodes announce themselves by these names, or where TLS checks them; your connector
    /// then resolves them.
    public var keepsTargetNames = false

    /// The name servers to ask, by their addresses; 16 at most.
    ///
    /// Default: empty, for those that resolv.conf names whenever a question is asked. Give one that is not the system's,
    /// such as a Consul agent at 127.0.0.1:8600.
    public var nameServers: [Endpoint] = []

    /// Whether to ask over TCP at once, and not only when an answer does not fit into a datagram.
    ///
    /// Default: false. For servers that cut a long answer without saying so.
    public var usesTCP = false

    /// Another file than the system's resolv.conf, and the port of its servers, for tests.
    var resolverFile: String?
    var resolverPort: UInt16?

    /// The defaults.
    public init() {}

    private static let mostNameServers = 16

    func validate() throws {
        guard self.nameServers.count <= Self.mostNameServers else {
            throw DomainName.invalid(
                "\(self.nameServers.count) name servers are too many; \(Self.mostNameServers) are allowed."
            )
        }
        for server in self.nameServers {
            guard server.host.utf8.contains(UInt8(ascii: ":")) || DNSAddressFamilies.isIPv4(server.host) else {
                throw DomainName.invalid(
                    "The name server \(server) has a name; give its address, since somebody must resolve the first name."
                )
            }
        }
    }

    var aresOptions: AresOptions {
        var options = AresOptions()
        options.servers = self.nameServers.map(\.description)
        options.usesTCP = self.usesTCP
        (options.resolverFile, options.resolverPort) = (self.resolverFile, self.resolverPort)
        return options
    }
}
