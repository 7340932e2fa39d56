extension DNSStrategy {
    /// The instances of a service that Consul finds healthy, with their ports.
    ///
    /// It looks up the records (SRV) of `[<tag>.]<service>.service[.<datacenter>].<domain>`. It asks over TCP, since Consul
    /// cuts an answer over UDP without saying so.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - tag: Instances with this tag only.
    ///   - datacenter: The data centre; nil for the agent's own.
    ///   - domain: The domain that Consul answers for.
    ///   - configuration: Everything else; where resolv.conf does not lead to Consul, name an agent in
    ///     ``DNSConfiguration/nameServers``, at port 8600 by default.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func consul(
        service: String,
        tag: String? = nil,
        datacenter: String? = nil,
        domain: String = "consul",
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let name = try self.consulName(service: service, tag: tag, datacenter: datacenter, domain: domain)
        var configuration = configuration
        configuration.usesTCP = true
        return try DNSStrategy(services: [name], configuration: configuration)
    }

    static func consulName(service: String, tag: String?, datacenter: String?, domain: String) throws -> DomainName {
        var parts = try [DomainName.label(service), "service"]
        if let tag { parts.insert(try DomainName.label(tag), at: 0) }
        if let datacenter { parts.append(try DomainName.label(datacenter)) }
        return try DomainName(parts + [DomainName(domain).text], isAbsolute: true)
    }
}
