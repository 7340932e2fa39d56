internal import ClusterFormation

/// Which of the places that the API tells of are peers, and at which endpoint, as a value.
struct PeerSelection: Sendable {
    /// What has come of it.
    struct Choice: Sendable {
        var nodes: [Node] = []
        /// How many places were left out although they are wanted, and why, of the first.
        var leftOut = 0
        var flaw: LookupError?
    }

    private let port: KubernetesPort
    private let address: KubernetesAddress
    private let family: EndpointRecord.Family?
    private let includesNotReady: Bool
    private let clusterDomain: String

    init(_ configuration: KubernetesConfiguration, localNode: Node) {
        self.port = configuration.port
        self.address = configuration.address
        self.includesNotReady = configuration.includesNotReady
        self.clusterDomain = configuration.clusterDomain
        self.family =
            switch configuration.family.wrapped {
            case .ipv4: .ipv4
            case .ipv6: .ipv6
            case .localNode: Self.family(of: localNode.endpoint.host)
            }
    }

    /// The family of a host in canonical form; nil for a name.
    private static func family(of host: String) -> EndpointRecord.Family? {
        if host.utf8.contains(UInt8(ascii: ":")) { return .ipv6 }
        // A name whose last part is a number is no name.
        let last = host.utf8.split(separator: UInt8(ascii: ".")).last ?? []
        return last.allSatisfy { (0x30...0x39).contains($0) } ? .ipv4 : nil
    }

    func choose(from records: [EndpointRecord]) -> Choice {
        let candidates = records.filter { !$0.isTerminating && (self.includesNotReady || $0.isReady) }
        let family = self.family ?? (candidates.contains { $0.family == .ipv4 } ? .ipv4 : .ipv6)
        var choice = Choice()
        for record in candidates where record.family == family || record.family == .name {
            do throws(LookupError) {
                choice.nodes.append(try self.node(record))
            } catch {
                choice.leftOut += 1
                choice.flaw = choice.flaw ?? error
            }
        }
        return choice
    }

    private func node(_ record: EndpointRecord) throws(LookupError) -> Node {
        guard let port = self.port.number(among: record.ports) else {
            let ports = record.ports.prefix(8).map { $0.name.isEmpty ? "\($0.number)" : "\($0.name) (\($0.number))" }
            throw LookupError(
                code: "port_unknown",
                message: "\(self.port) is not to be told among those declared: "
                    + "\(ports.isEmpty ? "none" : ports.joined(separator: ", ")); choose one by its name or its number."
            )
        }
        let host = try self.host(record)
        guard let endpoint = try? Endpoint(host: host, port: port) else {
            throw LookupError(code: "bad_address", message: "The API tells of an address or a port that is none.")
        }
        let told = ["zone": record.zone, "node": record.nodeName, "pod": record.podName].compactMapValues { $0 }
        let metadata = told.filter { !$0.value.isEmpty && NodeMetadata.flaw(in: [$0.key: $0.value]) == nil }
        return Node(endpoint: endpoint, metadata: metadata)
    }

    private func host(_ record: EndpointRecord) throws(LookupError) -> String {
        switch self.address.wrapped {
        case .ip: return record.address
        case .podName:
            guard let namespace = record.namespace, record.family != .name else { return record.address }
            let label = String(record.address.map { $0 == "." || $0 == ":" ? "-" : $0 })
            return "\(label).\(namespace).pod.\(self.clusterDomain)"
        case .hostname:
            guard let hostname = record.hostname, let subdomain = record.subdomain, let namespace = record.namespace
            else {
                throw LookupError(
                    code: "hostname_unknown",
                    message: "An endpoint has no hostname under its service; "
                        + "the pods of a StatefulSet have one, under its headless service."
                )
            }
            return "\(hostname).\(subdomain).\(namespace).svc.\(self.clusterDomain)"
        }
    }
}
