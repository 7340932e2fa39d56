/// An EndpointSlice of `discovery.k8s.io/v1`, as far as it is read.
struct EndpointSlice: APIResource {
    struct Endpoint: Decodable, Sendable {
        struct Conditions: Decodable, Sendable {
            var ready: Bool?
            var terminating: Bool?
        }

        struct Reference: Decodable, Sendable {
            var kind: String?
            var name: String?
        }

        var addresses: [String]?
        var conditions: Conditions?
        var hostname: String?
        var nodeName: String?
        var zone: String?
        var targetRef: Reference?
    }

    struct Port: Decodable, Sendable {
        var name: String?
        var port: Int?
        var `protocol`: String?
    }

    /// The label that names the service which a slice belongs to.
    static let serviceLabel = "kubernetes.io/service-name"

    var metadata: ObjectMetadata
    var addressType: String?
    var endpoints: [Endpoint]?
    var ports: [Port]?

    var records: [EndpointRecord] {
        // Without a type that is known, what its addresses are can only be guessed.
        guard let family = self.addressType.flatMap(EndpointRecord.Family.init) else { return [] }
        let ports = (self.ports ?? []).compactMap { port in
            (port.protocol ?? "TCP") == "TCP"
                ? port.port.map { EndpointRecord.Port(name: port.name ?? "", number: $0) } : nil
        }
        return (self.endpoints ?? []).compactMap { endpoint in
            // "Consumers should only use the first": further ones are of the same endpoint.
            guard let address = endpoint.addresses?.first else { return nil }
            return EndpointRecord(
                address: address,
                family: family,
                ports: ports,
                hostname: endpoint.hostname,
                subdomain: self.metadata.labels?[Self.serviceLabel],
                namespace: self.metadata.namespace,
                // The API's own reading of what is not said: ready is true, terminating is false.
                isReady: endpoint.conditions?.ready ?? true,
                isTerminating: endpoint.conditions?.terminating ?? false,
                zone: endpoint.zone,
                nodeName: endpoint.nodeName,
                podName: endpoint.targetRef?.kind == "Pod" ? endpoint.targetRef?.name : nil
            )
        }
    }
}
