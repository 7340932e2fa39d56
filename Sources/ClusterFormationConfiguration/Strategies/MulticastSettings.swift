#if Configuration && Multicast
    internal import ClusterFormation
    internal import ClusterFormationMulticast

    /// The keys of the strategy `multicast`.
    struct MulticastSettings: StrategySettings {
        var unsealed = false
        var interfaces: [String]?
        var announcements = AnnouncementSettings()
        var configuration = MulticastConfiguration()

        static let word = "multicast"
        static let sharedKeys: Set<String> = ["key", "acceptedKeys"]

        static let group = SettingGroup(
            start: MulticastSettings(),
            settings: Self.network + AnnouncementSettings.settings(Self.word).map { $0.within(\.announcements) }
        )

        private static let network: [Setting<MulticastSettings>] = [
            Setting(
                "multicast.unsealed",
                \.unsealed,
                .flag,
                in: MulticastSettings(),
                "whether to do without `key`: anybody on the network can then announce nodes"
            ),
            Setting(
                "multicast.transport",
                \.configuration.transport,
                .choice(["multicast": .multicast, "broadcast": .broadcast]),
                in: MulticastSettings(),
                "how a datagram reaches all others"
            ),
            Setting(
                "multicast.families",
                \.configuration.families,
                .choice(["all": .all, "ipv4": .ipv4, "ipv6": .ipv6]),
                in: MulticastSettings(),
                "which versions of IP are used"
            ),
            Setting("multicast.port", \.configuration.port, .port, in: MulticastSettings(), "the UDP port"),
            Setting(
                "multicast.interfaces",
                \.interfaces,
                .list(upTo: 20),
                without: "all",
                "the interfaces to use: `eth0`"
            ),
            Setting(
                "multicast.hops",
                \.configuration.hops,
                .integer(1...255),
                in: MulticastSettings(),
                "how many routers a multicast may pass; 1 is none"
            ),
            Setting(
                "multicast.clockTolerance",
                \.configuration.clockTolerance,
                .seconds(.seconds(1)...Limits.day),
                in: MulticastSettings(),
                "by how much the clocks of two nodes may differ"
            ),
            Setting(
                "multicast.interfaceScanInterval",
                \.configuration.interfaceScanInterval,
                .seconds(.milliseconds(100)...Limits.hour),
                in: MulticastSettings(),
                "how often it is looked for interfaces"
            ),
            Setting(
                "multicast.farewellTimeout",
                \.configuration.farewellTimeout,
                .seconds(Limits.moment...Limits.hour),
                in: MulticastSettings(),
                "how long the goodbye may take"
            ),
        ]

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            var configuration = self.configuration
            configuration.interfaces = self.interfaces.map { Set($0) }
            configuration.announcements = self.announcements.made()
            let sealing: MulticastSealing
            switch (try shared.keys(), self.unsealed) {
            case (let keys?, false): sealing = .keys(keys)
            case (nil, true): sealing = .unsealed
            case (nil, false):
                throw KeyError(
                    "The strategy 'multicast' needs the key 'key'; set it to the output of openssl rand -base64 32, the "
                        + "same for all nodes, or set 'multicast.unsealed' where nobody else is on the network."
                )
            case (.some, true):
                throw KeyError("The keys 'key' and 'multicast.unsealed' are both set; set one of them.")
            }
            return try MulticastStrategy(sealing: sealing, configuration: configuration)
        }
    }
#endif
