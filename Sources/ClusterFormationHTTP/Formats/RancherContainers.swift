internal import ClusterFormation

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The answer of Rancher 1.x's metadata at `/latest/self/service/containers`, or that of the service around it.
enum RancherContainers {
    private struct Container: Decodable {
        var name: String?
        var primary_ip: String?
        var state: String?
    }

    private struct Service: Decodable {
        var containers: [Container]
    }

    /// The containers that have an address and run, each at one port.
    ///
    /// - Throws: ``LookupError`` with the code `bad_answer`.
    static func nodes(json: [UInt8], port: Int) throws(LookupError) -> [Node] {
        let data = Data(json)
        guard
            let containers = (try? JSONDecoder().decode([Container].self, from: data))
                ?? (try? JSONDecoder().decode(Service.self, from: data).containers)
        else { throw .badAnswer("The answer is not a list of Rancher's containers.") }
        var nodes: [Node] = []
        for container in containers {
            // One that starts has no address yet.
            guard let address = container.primary_ip, !address.isEmpty,
                (container.state ?? "running").hasSuffix("running")
            else { continue }
            guard let endpoint = try? Endpoint(host: address, port: port) else {
                throw .badAnswer("A container's primary_ip is no address.")
            }
            let metadata = container.name.map { ["container": $0] } ?? [:]
            nodes.append(Node(endpoint: endpoint, metadata: NodeMetadata.flaw(in: metadata) == nil ? metadata : [:]))
        }
        return nodes
    }
}
