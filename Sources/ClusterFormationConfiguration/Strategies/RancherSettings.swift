#if Configuration && HTTP
    internal import ClusterFormation
    internal import ClusterFormationHTTP

    /// The keys of the strategy `rancher`.
    struct RancherSettings: StrategySettings {
        var port: Int?
        var server = "http://rancher-metadata"
        var polling = PollingSettings()

        static let word = "rancher"

        static let group = SettingGroup(
            start: RancherSettings(),
            settings: [
                Setting("rancher.port", \.port, .port, without: "required", "at which port each container is reached"),
                Setting(
                    "rancher.server",
                    \.server,
                    .text(upTo: Limits.addressBytes),
                    in: RancherSettings(),
                    "the metadata service"
                ),
            ]
                + (PollingSettings.settings(Self.word) + [PollingSettings.timeout(Self.word)]).map {
                    $0.within(\.polling)
                }
        )

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            var configuration = HTTPListConfiguration()
            configuration.polling = try self.polling.made(Self.word)
            return try HTTPListStrategy.rancher(
                port: Self.required(self.port, "port", "the port at which each container is reached"),
                server: self.server,
                configuration: configuration
            )
        }
    }
#endif
