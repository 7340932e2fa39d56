#if Configuration
    internal import ClusterFormation

    /// The keys of the local node.
    struct NodeSettings: Sendable {
        var host: String?
        var port: Int?
        var metadata: [String: String] = [:]

        static let group = SettingGroup(
            start: NodeSettings(),
            settings: [
                Setting(
                    "host",
                    \.host,
                    .text(upTo: Limits.hostBytes),
                    without: "required",
                    "the address or the name at which the others reach this node"
                ),
                Setting("port", \.port, .port, without: "required", "the port at which they do"),
                Setting(
                    "metadata",
                    \.metadata,
                    .pairs(upTo: NodeMetadata.maximumPairs),
                    in: NodeSettings(),
                    "what the node says of itself: `zone=eu-1a,version=12`"
                ),
            ]
        )

        func node() throws -> Node {
            guard let host = self.host else {
                throw KeyError(
                    "The key 'host' is not set; set it to the address or the name at which the other nodes reach this one."
                )
            }
            guard let port = self.port else {
                throw KeyError("The key 'port' is not set; set it to the port at which the other nodes reach this one.")
            }
            if let flaw = NodeMetadata.flaw(in: self.metadata) {
                throw KeyError("The key 'metadata' can't be used: \(flaw)")
            }
            do {
                return try Node(host: host, port: port, metadata: self.metadata)
            } catch let error as ClusterError {
                throw KeyError("The key 'host' can't be used: \(error.message)", code: error.code)
            }
        }
    }
#endif
