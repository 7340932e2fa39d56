extension DNSStrategy {
    /// The containers of a service of Docker Compose.
    ///
    /// It looks up the service's name in the networks that this container is in.
    ///
    /// - Parameters:
    ///   - service: The service's name in the Compose file.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func dockerCompose(
        service: String,
        port: Int? = nil,
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let name = try DomainName([DomainName.label(service)], isAbsolute: true)
        return try DNSStrategy(names: [name], port: port, configuration: configuration)
    }

    /// The tasks of a service in a Docker swarm.
    ///
    /// It looks up `tasks.<service>`: the service's own name has one virtual address for all of them.
    ///
    /// - Parameters:
    ///   - service: The service's name; in a stack also `<stack>_<service>`.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func swarm(
        service: String,
        port: Int? = nil,
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let name = try DomainName(["tasks", DomainName.label(service)], isAbsolute: true)
        return try DNSStrategy(names: [name], port: port, configuration: configuration)
    }
}
