/// A pod of the core API, as far as it is read.
struct Pod: APIResource {
    struct Specification: Decodable, Sendable {
        struct Container: Decodable, Sendable {
            var ports: [ContainerPort]?
        }

        struct ContainerPort: Decodable, Sendable {
            var name: String?
            var containerPort: Int?
            var `protocol`: String?
        }

        var containers: [Container]?
        var hostname: String?
        var subdomain: String?
        var nodeName: String?
    }

    struct Status: Decodable, Sendable {
        struct Address: Decodable, Sendable {
            var ip: String?
        }

        struct Condition: Decodable, Sendable {
            var type: String?
            var status: String?
        }

        var phase: String?
        var podIP: String?
        var podIPs: [Address]?
        var conditions: [Condition]?
    }

    /// Newer servers copy the zone of a pod's node into this label of the pod.
    static let zoneLabel = "topology.kubernetes.io/zone"

    var metadata: ObjectMetadata
    var spec: Specification?
    var status: Status?

    /// One for each address of a pod that runs.
    var records: [EndpointRecord] {
        guard self.status?.phase == "Running" else { return [] }
        let listed = self.status?.podIPs?.compactMap(\.ip) ?? []
        let addresses = listed.isEmpty ? [self.status?.podIP].compactMap { $0 } : listed
        let ports = (self.spec?.containers ?? []).flatMap { $0.ports ?? [] }.compactMap { port in
            (port.protocol ?? "TCP") == "TCP"
                ? port.containerPort.map { EndpointRecord.Port(name: port.name ?? "", number: $0) } : nil
        }
        let isReady = self.status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false
        return addresses.filter { !$0.isEmpty }.map { address in
            EndpointRecord(
                address: address,
                family: address.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4,
                ports: ports,
                hostname: self.spec?.hostname,
                subdomain: self.spec?.subdomain,
                namespace: self.metadata.namespace,
                isReady: isReady,
                isTerminating: self.metadata.deletionTimestamp != nil,
                zone: self.metadata.labels?[Self.zoneLabel],
                nodeName: self.spec?.nodeName,
                podName: self.metadata.name
            )
        }
    }
}
