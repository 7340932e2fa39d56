import ClusterFormation

/// A peer by a number, in a life by a number; nil where the life is not known.
func peer(_ number: Int, life: UInt64? = 1, metadata: [String: String] = [:]) throws -> Node {
    var node = try Node(host: "10.0.\(number / 256).\(number % 256)", port: 7000, metadata: metadata)
    node.instance = life.map { InstanceID(high: UInt64(number), low: $0) }
    return node
}

func localNode(metadata: [String: String] = [:]) throws -> Node {
    var node = try Node(host: "192.0.2.1", port: 7000, metadata: metadata)
    node.instance = InstanceID(high: 0, low: 0)
    return node
}

extension Instant {
    static func seconds(_ seconds: Double) -> Instant { Instant(sinceStart: .seconds(seconds)) }
}
