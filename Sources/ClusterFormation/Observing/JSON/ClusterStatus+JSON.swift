extension ClusterStatus: Codable {
    private enum CodingKeys: String, CodingKey {
        case version
        case clusterName = "cluster_name"
        case localNode = "local_node"
        case linksPeers = "links_peers"
        case isObserver = "is_observer"
        case phase
        case uptime = "uptime_seconds"
        case peers
        case strategies
        case refusedPeers = "refused_peers"
    }

    /// Writes version 1 of the form that <doc:StatusJSON> tells field by field.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(JSONForm.version, forKey: .version)
        try container.encode(self.clusterName, forKey: .clusterName)
        try container.encode(self.localNode, forKey: .localNode)
        try container.encode(self.linksPeers, forKey: .linksPeers)
        try container.encode(self.isObserver, forKey: .isObserver)
        try container.encode(self.phase.rawValue, forKey: .phase)
        try container.encode(JSONForm.seconds(self.uptime), forKey: .uptime)
        try container.encode(self.peers, forKey: .peers)
        try container.encode(self.strategies, forKey: .strategies)
        try container.encode(self.refusedPeers, forKey: .refusedPeers)
    }

    /// Reads what ``encode(to:)`` writes; fields that it does not know are passed over.
    ///
    /// - Throws: `DecodingError`; also for another version, and for words that this one does not know.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try container.checkVersion(forKey: .version)
        let word = try container.decode(String.self, forKey: .phase)
        guard let phase = Phase(rawValue: word) else {
            throw DecodingError.dataCorruptedError(
                forKey: .phase,
                in: container,
                debugDescription: "\(HostName.quoted(word)) is no phase of a cluster that this version knows."
            )
        }
        self.init(
            clusterName: try container.decode(String.self, forKey: .clusterName),
            localNode: try container.decode(Node.self, forKey: .localNode),
            linksPeers: try container.decode(Bool.self, forKey: .linksPeers),
            isObserver: try container.decode(Bool.self, forKey: .isObserver),
            phase: phase,
            uptime: try container.decodeDuration(forKey: .uptime),
            peers: try container.decode([Peer].self, forKey: .peers),
            strategies: try container.decode([Strategy].self, forKey: .strategies),
            refusedPeers: try container.decode(Int.self, forKey: .refusedPeers)
        )
    }
}

extension ClusterStatus.Peer: Codable {
    private enum CodingKeys: String, CodingKey {
        case node
        case link
        case strategies
    }

    /// Writes the peer, its link, and the names of the strategies that vouch for it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.node, forKey: .node)
        try container.encode(self.link, forKey: .link)
        try container.encode(self.strategies, forKey: .strategies)
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            node: try container.decode(Node.self, forKey: .node),
            link: try container.decode(LinkState.self, forKey: .link),
            strategies: try container.decode([String].self, forKey: .strategies)
        )
    }
}

extension ClusterStatus.Strategy: Codable {
    private enum CodingKeys: String, CodingKey {
        case name
        case condition
    }

    /// Writes the strategy's name and its condition.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.condition, forKey: .condition)
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            condition: try container.decode(StrategyCondition.self, forKey: .condition)
        )
    }
}
