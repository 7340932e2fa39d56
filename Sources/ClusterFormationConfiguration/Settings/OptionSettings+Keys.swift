#if Configuration
    internal import ClusterFormation

    extension OptionSettings {
        static let group = SettingGroup(
            start: OptionSettings(),
            settings: Self.connecting + Self.choosing + Self.limits
        )

        private static let connecting: [Setting<OptionSettings>] = [
            Setting(
                "connectTimeout",
                \.configuration.connectTimeout,
                .seconds(Limits.moment...Limits.day),
                in: OptionSettings(),
                "how long one connect may take"
            ),
            Setting(
                "maximumConcurrentConnects",
                \.configuration.maximumConcurrentConnects,
                .integer(1...65_536),
                in: OptionSettings(),
                "how many connects may run at once"
            ),
            Setting(
                "newPeerConnectsPerSecond",
                \.configuration.newPeerConnectsPerSecond,
                .integer(1...1_000_000),
                in: OptionSettings(),
                "how many peers that have never been connected are dialled in a second"
            ),
            Setting(
                "retryBackoff.initial",
                \.configuration.retryBackoff.initial,
                .seconds(Limits.moment...Limits.day),
                in: OptionSettings(),
                "the ceiling of the first wait before a connect is tried again"
            ),
            Setting(
                "retryBackoff.maximum",
                \.configuration.retryBackoff.maximum,
                .seconds(Limits.moment...Limits.day),
                in: OptionSettings(),
                "the ceiling of every wait"
            ),
        ]

        private static let choosing: [Setting<OptionSettings>] = [
            Setting(
                "allowedNetworks",
                \.allowedNetworks,
                .list(upTo: 1_024),
                without: "all",
                "the networks that peers may be in: `10.0.0.0/8,fd00::/8`; a name is in none"
            ),
            Setting(
                "allowedPorts",
                \.allowedPorts,
                .portRange,
                without: "all",
                "the ports that peers may have: `7000-7999`"
            ),
            Setting(
                "links",
                \.links,
                .integer(1...100_000),
                without: "all peers",
                "how many links this node makes of its own"
            ),
            Setting(
                "preferSame",
                \.preferSame,
                .text(upTo: NodeMetadata.maximumKeyBytes),
                without: "none",
                "peers with the same value of this metadata key come first; needs `links`"
            ),
            Setting(
                "preferDifferent",
                \.preferDifferent,
                .text(upTo: NodeMetadata.maximumKeyBytes),
                without: "none",
                "peers with another value of it come first; needs `links`"
            ),
            Setting(
                "departurePolicy",
                \.configuration.departurePolicy,
                .choice(["keepWhileLinked": .keepWhileLinked, "dropWhenUnvouched": .dropWhenUnvouched]),
                in: OptionSettings(),
                "what becomes of a peer that nobody vouches for"
            ),
        ]

        private static let limits: [Setting<OptionSettings>] = [
            Setting(
                "maximumPeers",
                \.configuration.maximumPeers,
                .integer(1...1_000_000),
                in: OptionSettings(),
                "how many peers are remembered"
            ),
            Setting(
                "linkCheckInterval",
                \.configuration.linkCheckInterval,
                .seconds(Limits.moment...Limits.day),
                in: OptionSettings(),
                "how often a connector that can't tell when a link breaks is asked"
            ),
            Setting(
                "eventBufferSize",
                \.configuration.eventBufferSize,
                .integer(1...1_000_000),
                in: OptionSettings(),
                "how many events a subscriber may fall behind"
            ),
            Setting(
                "shutdownTimeout",
                \.configuration.shutdownTimeout,
                .seconds(Limits.moment...Limits.day),
                in: OptionSettings(),
                "how long goodbyes may take, and then the closing of links"
            ),
        ]
    }

    extension ValueForm where Value == ClosedRange<Int> {
        /// One port, or the first and the last one.
        static var portRange: ValueForm {
            ValueForm<String>.text(upTo: 11, .word).map("port, or first-last") { text in
                let ports = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0.trimmingBlanks) }
                guard (1...2).contains(ports.count), let first = ports[0], let last = ports[ports.count - 1],
                    (1...65_535).contains(first), (first...65_535).contains(last)
                else { throw ValueFlaw("give a port, or the first and the last one, as in 7000-7999") }
                return first...last
            } text: {
                "\($0.lowerBound)-\($0.upperBound)"
            }
        }
    }
#endif
