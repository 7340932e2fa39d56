internal import ClusterFormation

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Prometheus' http_sd format: `[{"targets": ["host:port"], "labels": {"zone": "eu-1a"}}]`.
enum TargetGroups {
    private struct Group: Decodable {
        var targets: [String]
        var labels: [String: String]?
    }

    /// Prefixes of labels that are meant for Prometheus and mean nothing to a peer.
    private static let metaPrefix = "__"

    /// The nodes in a list; labels become metadata.
    ///
    /// - Throws: ``LookupError`` with the code `bad_answer`; one target that is none spoils the list, since it is no longer
    ///   known who is in it.
    static func nodes(json: [UInt8], defaultPort: Int?) throws(LookupError) -> [Node] {
        let groups: [Group]
        do {
            groups = try JSONDecoder().decode([Group].self, from: Data(json))
        } catch {
            throw .badAnswer("The answer is not a list of target groups, [{\"targets\": [\"host:port\"]}].")
        }
        var nodes: [Node] = []
        for (number, group) in groups.enumerated() {
            let labels = (group.labels ?? [:]).filter { !$0.key.hasPrefix(Self.metaPrefix) }
            if let flaw = NodeMetadata.flaw(in: labels) {
                throw .badAnswer("The labels of group \(number) can't be metadata: \(flaw)")
            }
            for target in group.targets {
                do {
                    nodes.append(Node(endpoint: try self.endpoint(target, defaultPort: defaultPort), metadata: labels))
                } catch {
                    throw .badAnswer("A target of group \(number) is none: \((error as? ClusterError)?.message ?? "")")
                }
            }
        }
        return nodes
    }

    private static func endpoint(_ target: String, defaultPort: Int?) throws -> Endpoint {
        do {
            return try Endpoint(parsing: target)
        } catch {
            guard let defaultPort else { throw error }
            let isBracketed = target.utf8.first == UInt8(ascii: "[") && target.utf8.last == UInt8(ascii: "]")
            return try Endpoint(host: isBracketed ? String(target.dropFirst().dropLast()) : target, port: defaultPort)
        }
    }
}

extension LookupError {
    /// An answer that is not what it should be.
    static func badAnswer(_ message: String) -> LookupError { LookupError(code: "bad_answer", message: message) }
}
