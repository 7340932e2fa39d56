public import ClusterFormation

/// Finds peers in DNS: the addresses of one or several names, or the records of a service (SRV).
///
/// ```swift
/// DNSStrategy(name: "orders.internal")
/// ```
///
/// Names are looked up every five seconds by c-ares, without blocking a thread. The name servers and the search list are
/// those that resolv.conf has at that moment; `/etc/hosts` is not read. A name with a final dot is looked for as it is;
/// under the domains of the search list otherwise, as `ndots` says, and the candidate that worked is remembered.
///
/// How it fails: an error is not an empty answer. While servers fail, refuse or are silent, nothing changes. An empty answer
/// counts when it came three times in a row, and a peer is lost when three whole answers lacked it.
///
/// | code | what has happened |
/// |---|---|
/// | `dns_timeout` | No name server answered in time. |
/// | `dns_servfail`, `dns_refused` | The server could not, or would not, answer. |
/// | `dns_unreachable` | Nothing answers at the server's address. |
/// | `dns_not_understood` | The server does not know the question. |
/// | `dns_bad_answer` | Garbage came, or nothing but addresses that no peer can have. |
/// | `dns_truncated` | The list is longer than an answer over TCP can be; who is on it is found, nobody is lost. |
/// | `dns_no_resources` | The process has no descriptor, thread or memory left for a question. |
/// | `empty_unconfirmed` | The answer is empty, and was not so often enough yet. |
public struct DNSStrategy: ClusterStrategy {
    /// How many names one strategy looks up at most.
    private static let mostNames = 64

    /// The strategy's name in logs, status and metrics: `dns`.
    public var name: String { self.polling.name }

    private let polling: PollingStrategy

    /// Peers at the addresses of a name.
    ///
    /// - Parameters:
    ///   - name: The name; with a final dot it is not looked for under the domains of the search list.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public init(name: String, port: Int? = nil, configuration: DNSConfiguration = .init()) throws {
        try self.init(names: [name], port: port, configuration: configuration)
    }

    /// Peers at the addresses of several names, each with its own last good answer: one that fails removes nobody.
    ///
    /// - Parameters:
    ///   - names: The names, 1 to 64.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public init(names: [String], port: Int? = nil, configuration: DNSConfiguration = .init()) throws {
        try self.init(names: Self.checked(names), port: port, configuration: configuration)
    }

    /// Peers in the records of a service (SRV), each with a port of its own.
    ///
    /// - Parameters:
    ///   - service: The records' name, such as `_mesh._tcp.orders.internal`.
    ///   - configuration: Everything else.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public init(service: String, configuration: DNSConfiguration = .init()) throws {
        try self.init(services: [service], configuration: configuration)
    }

    /// Peers in the records of several services (SRV), each with its own last good answer.
    ///
    /// - Parameters:
    ///   - services: The records' names, 1 to 64.
    ///   - configuration: Everything else.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public init(services: [String], configuration: DNSConfiguration = .init()) throws {
        try self.init(services: Self.checked(services), configuration: configuration)
    }

    init(
        names: [DomainName],
        port: Int? = nil,
        configuration: DNSConfiguration,
        servers: (any NameServers)? = nil
    ) throws {
        if let port, !(1...65_535).contains(port) {
            throw DomainName.invalid("\(port) is not a port; give a number from 1 to 65535.")
        }
        try self.init(names.map { AddressSource($0, port: port) }, configuration, servers)
    }

    init(
        services: [DomainName],
        configuration: DNSConfiguration,
        servers: (any NameServers)? = nil
    ) throws {
        let keepsNames = configuration.keepsTargetNames
        try self.init(services.map { ServiceSource($0, keepsNames: keepsNames) }, configuration, servers)
    }

    private init(
        _ sources: [any DNSSource],
        _ configuration: DNSConfiguration,
        _ servers: (any NameServers)?
    ) throws {
        guard (1...Self.mostNames).contains(sources.count) else {
            throw DomainName.invalid("\(sources.count) names are given; give 1 to \(Self.mostNames).")
        }
        try configuration.validate()
        let lookups = DNSLookups(
            sources: sources,
            servers: servers ?? AresNameServers(options: configuration.aresOptions),
            families: configuration.families,
            timeout: configuration.polling.timeout
        )
        self.polling = try PollingStrategy(name: "dns", configuration: configuration.polling) { context in
            try await lookups.lookUp(for: context.localNode)
        }
    }

    private static func checked(_ names: [String]) throws -> [DomainName] {
        var seen: Set<DomainName> = []
        return try names.map { try DomainName($0) }.filter { seen.insert($0).inserted }
    }

    /// Looks up and reports until the task is cancelled.
    public func run(in context: StrategyContext) async throws {
        try await self.polling.run(in: context)
    }
}
