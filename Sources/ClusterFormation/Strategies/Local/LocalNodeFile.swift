/// What a node writes of itself for the others of its host: lines of words, the bytes of which are escaped as in a URL.
///
/// ```
/// cluster-formation 1
/// cluster orders
/// endpoint 127.0.0.1:7337
/// instance 0123456789abcdef0123456789abcdef
/// metadata zone eu-1a
/// ```
///
/// Lines that begin with another word are passed over, so that later versions can say more.
struct LocalNodeFile: Hashable, Sendable {
    /// More than the largest metadata needs, with each byte escaped.
    static let maximumBytes = 1 << 18

    private static let version = "cluster-formation 1"

    var cluster: String
    /// With its instance.
    var node: Node

    var encoded: [UInt8] {
        var lines = [
            Self.version, "cluster \(PercentText.escape(self.cluster))", "endpoint \(self.node.endpoint)",
        ]
        if let instance = self.node.instance { lines.append("instance \(instance)") }
        for (key, value) in self.node.metadata.sorted(by: { $0.key < $1.key }) {
            lines.append("metadata \(PercentText.escape(key)) \(PercentText.escape(value))")
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension LocalNodeFile {
    /// Reads a file; nil when it is none, or of another version.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.maximumBytes, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\n")
        guard lines.first.map(String.init) == Self.version else { return nil }
        var (cluster, endpoint, instance): (String?, Endpoint?, InstanceID?) = (nil, nil, nil)
        var metadata: [String: String] = [:]
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            switch (words[0], words.count) {
            case ("cluster", 2): cluster = PercentText.unescape(words[1])
            case ("endpoint", 2): endpoint = try? Endpoint(parsing: String(words[1]))
            case ("instance", 2): instance = InstanceID(String(words[1]))
            case ("metadata", 3):
                guard let key = PercentText.unescape(words[1]), let value = PercentText.unescape(words[2]) else {
                    return nil
                }
                metadata[key] = value
            default: break
            }
        }
        guard let cluster, let endpoint, let instance, NodeMetadata.flaw(in: metadata) == nil else { return nil }
        self.init(cluster: cluster, node: Node(endpoint: endpoint, instance: instance, metadata: metadata))
    }
}
