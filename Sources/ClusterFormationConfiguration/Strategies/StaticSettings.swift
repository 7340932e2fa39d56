#if Configuration
    internal import ClusterFormation

    /// The keys of the strategy `static`.
    struct StaticSettings: StrategySettings {
        var peers: [String]?
        var defaultPort: Int?

        static let word = "static"

        static let group = SettingGroup(
            start: StaticSettings(),
            settings: [
                Setting(
                    "static.peers",
                    \.peers,
                    .list(upTo: 4_096),
                    without: "required",
                    "the peers: `10.0.0.7:7337,node-2.example.com,[2001:db8::7]:7337`"
                ),
                Setting(
                    "static.defaultPort",
                    \.defaultPort,
                    .port,
                    without: "none",
                    "the port of peers that name none"
                ),
            ]
        )

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            let peers = try Self.required(self.peers, "peers", "a list of host:port")
            let endpoints = try peers.map { peer in
                do {
                    return try Endpoint(parsing: peer, defaultPort: self.defaultPort)
                } catch let error as ClusterError {
                    throw KeyError("The key 'static.peers' has \(RawValue.quoted(peer)) in it: \(error.message)")
                }
            }
            return StaticStrategy(endpoints: endpoints)
        }
    }
#endif
