internal import ClusterFormation

extension DNSStrategy {
    /// The instances of a service that is registered with Nomad itself, by CoreDNS and its plugin for Nomad.
    ///
    /// It looks up the addresses of `<service>.<namespace>.<domain>`. Nomad has no name server of its own; where its services
    /// are registered with Consul, use ``consul(service:tag:datacenter:domain:configuration:)``. The plugin's records (SRV)
    /// do not tell which port belongs to which address, and so all instances need the same one.
    ///
    /// While Nomad is away the plugin says that there are no instances. So an empty answer has to come 60 times in a row here,
    /// unless the configuration asks for more.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - namespace: Its namespace.
    ///   - domain: The zone that CoreDNS serves.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func nomad(
        service: String,
        namespace: String = "default",
        domain: String = "service.nomad",
        port: Int? = nil,
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let parts = try [DomainName.label(service), DomainName.label(namespace), DomainName(domain).text]
        var configuration = configuration
        configuration.polling.emptyAnswers = max(configuration.polling.emptyAnswers, 60)
        return try DNSStrategy(
            names: [DomainName(parts, isAbsolute: true)],
            port: port,
            configuration: configuration
        )
    }
}
