internal import ClusterFormation

extension DNSStrategy {
    /// The pods behind a headless service of Kubernetes, by their addresses.
    ///
    /// It looks up `<service>.<namespace>.svc`, whose end, such as `cluster.local`, is in the search list of a pod. The
    /// service needs `clusterIP: None`, and `publishNotReadyAddresses: true` where a node waits for its peers before it is
    /// ready: else none of them ever is.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - namespace: Its namespace; nil for the pod's own.
    ///   - clusterDomain: The cluster's domain, such as `cluster.local`, to do without the search list; needs the namespace.
    ///   - port: Every peer's port; nil for the local node's own.
    ///   - configuration: Everything else.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func kubernetesHeadless(
        service: String,
        namespace: String? = nil,
        clusterDomain: String? = nil,
        port: Int? = nil,
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let name = try self.kubernetesName([DomainName.label(service)], namespace, clusterDomain)
        return try DNSStrategy(names: [name], port: port, configuration: configuration)
    }

    /// The pods behind a headless service of Kubernetes, with the port that the service gives a name to.
    ///
    /// It looks up the records (SRV) of `_<port name>._<protocol>.<service>.<namespace>.svc`. In a StatefulSet the targets are
    /// the pods' own names: see ``DNSConfiguration/keepsTargetNames``.
    ///
    /// - Parameters:
    ///   - service: The service's name.
    ///   - portName: The name of the port in the service's manifest.
    ///   - transport: The port's protocol.
    ///   - namespace: The service's namespace; nil for the pod's own.
    ///   - clusterDomain: The cluster's domain, such as `cluster.local`, to do without the search list; needs the namespace.
    ///   - configuration: Everything else.
    /// - Returns: The strategy.
    /// - Throws: `ClusterError` with the code `invalidConfiguration`.
    public static func kubernetesHeadless(
        service: String,
        portName: String,
        transport: String = "tcp",
        namespace: String? = nil,
        clusterDomain: String? = nil,
        configuration: DNSConfiguration = .init()
    ) throws -> DNSStrategy {
        let parts = try [
            "_" + DomainName.label(portName), "_" + DomainName.label(transport), DomainName.label(service),
        ]
        let name = try self.kubernetesName(parts, namespace, clusterDomain)
        return try DNSStrategy(services: [name], configuration: configuration)
    }

    static func kubernetesName(
        _ parts: [String],
        _ namespace: String?,
        _ clusterDomain: String?
    ) throws -> DomainName {
        guard let namespace else {
            guard clusterDomain == nil else {
                throw DomainName.invalid(
                    "A cluster domain without a namespace names no service; give the namespace, too."
                )
            }
            return try DomainName(parts)
        }
        let name = try parts + [DomainName.label(namespace), "svc"]
        guard let clusterDomain else { return try DomainName(name) }
        return try DomainName(name + [DomainName(clusterDomain).text], isAbsolute: true)
    }
}
