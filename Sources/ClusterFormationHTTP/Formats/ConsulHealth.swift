internal import ClusterFormation

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The answer of Consul's `/v1/health/service/<name>`.
enum ConsulHealth {
    private struct Entry: Decodable {
        struct Host: Decodable {
            var Node: String?
            var Address: String?
            var Datacenter: String?
        }

        struct Service: Decodable {
            var Address: String?
            var Port: Int?
            var Meta: [String: String]?
        }

        var Node: Host
        var Service: Service
    }

    /// The nodes in an answer; a service's own address goes before its host's, its `Meta` becomes metadata.
    ///
    /// - Throws: ``LookupError`` with the code `bad_answer`.
    static func nodes(json: [UInt8]) throws(LookupError) -> [Node] {
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(json))
        } catch {
            throw .badAnswer("The answer is not one of Consul's health endpoint.")
        }
        var nodes: [Node] = []
        for entry in entries {
            let own = entry.Service.Address ?? ""
            let host = own.isEmpty ? entry.Node.Address ?? "" : own
            let port = entry.Service.Port ?? 0
            var metadata = entry.Service.Meta ?? [:]
            if let name = entry.Node.Node, !name.isEmpty { metadata["node"] = metadata["node"] ?? name }
            if let datacenter = entry.Node.Datacenter, !datacenter.isEmpty {
                metadata["datacenter"] = metadata["datacenter"] ?? datacenter
            }
            if let flaw = NodeMetadata.flaw(in: metadata) {
                throw .badAnswer("A service's Meta can't be metadata: \(flaw)")
            }
            do {
                nodes.append(Node(endpoint: try Endpoint(host: host, port: port), metadata: metadata))
            } catch {
                throw .badAnswer(
                    "A service is registered without a host and a port: \((error as? ClusterError)?.message ?? "")"
                )
            }
        }
        return nodes
    }
}
