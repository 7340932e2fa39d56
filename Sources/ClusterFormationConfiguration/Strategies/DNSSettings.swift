#if Configuration
    internal import ClusterFormation
    internal import ClusterFormationDNS

    /// The keys of the strategy `dns`.
    struct DNSSettings: StrategySettings {
        var names: [String]?
        var services: [String]?
        var port: Int?
        var configuration = DNSConfiguration()
        var polling = PollingSettings()

        static let word = "dns"

        static let group = SettingGroup(
            start: DNSSettings(),
            settings: [
                Setting(
                    "dns.names",
                    \.names,
                    .list(upTo: 64),
                    without: "this or `dns.services`",
                    "the names whose addresses are peers"
                ),
                Setting(
                    "dns.services",
                    \.services,
                    .list(upTo: 64),
                    without: "this or `dns.names`",
                    "the names of services (SRV): `_mesh._tcp.orders.internal`"
                ),
                Setting("dns.port", \.port, .port, without: "the node's own", "every peer's port, with `dns.names`"),
                Setting(
                    "dns.families",
                    \.configuration.families,
                    .choice(["ofLocalNode": .ofLocalNode, "ipv4": .ipv4, "ipv6": .ipv6, "both": .both]),
                    in: DNSSettings(),
                    "which addresses count"
                ),
                Setting(
                    "dns.keepsTargetNames",
                    \.configuration.keepsTargetNames,
                    .flag,
                    in: DNSSettings(),
                    "whether peers of a service are known by their targets' names"
                ),
                Setting(
                    "dns.nameServers",
                    \.configuration.nameServers,
                    .endpoints(upTo: 16),
                    in: DNSSettings(),
                    "the servers to ask, by address: `10.0.0.53:53`; else those of resolv.conf"
                ),
                Setting(
                    "dns.usesTCP",
                    \.configuration.usesTCP,
                    .flag,
                    in: DNSSettings(),
                    "whether to ask over TCP at once"
                ),
            ]
                + (PollingSettings.settings(Self.word) + [PollingSettings.timeout(Self.word)]).map {
                    $0.within(\.polling)
                }
        )

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            var configuration = self.configuration
            configuration.polling = try self.polling.made(Self.word)
            switch (self.names, self.services) {
            case (let names?, nil): return try DNSStrategy(names: names, port: self.port, configuration: configuration)
            case (nil, let services?):
                guard self.port == nil else {
                    throw KeyError("The key 'dns.port' is set, and a service (SRV) names the port; leave it out.")
                }
                return try DNSStrategy(services: services, configuration: configuration)
            case (nil, nil):
                throw KeyError(
                    "The strategy 'dns' needs the key 'dns.names' or 'dns.services'; set it to the names to look up."
                )
            case (.some, .some):
                throw KeyError("The keys 'dns.names' and 'dns.services' are both set; set one of them.")
            }
        }
    }
#endif
