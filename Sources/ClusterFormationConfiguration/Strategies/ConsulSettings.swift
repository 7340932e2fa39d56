#if Configuration && HTTP
    internal import ClusterFormation
    internal import ClusterFormationHTTP

    /// The keys of the strategy `consul`.
    struct ConsulSettings: StrategySettings {
        var service: String?
        var server: String?
        var token: String?
        var passingOnly = true
        var wait: Duration = .seconds(30)
        var configuration = HTTPListConfiguration()
        var polling = ConsulSettings.polling

        static let word = "consul"

        /// A query is held by the server, so that the interval is only the least time between two changes.
        private static var polling: PollingSettings {
            var polling = PollingSettings()
            polling.configuration.interval = .seconds(1)
            return polling
        }

        static let group = SettingGroup(
            start: ConsulSettings(),
            settings: Self.query + PollingSettings.settings(Self.word, in: Self.polling).map { $0.within(\.polling) }
        )

        private static let query: [Setting<ConsulSettings>] = [
            Setting("consul.service", \.service, .text(upTo: 256), without: "required", "the service's name"),
            Setting(
                "consul.server",
                \.server,
                .text(upTo: Limits.addressBytes),
                isSecret: true,
                without: "`http://127.0.0.1:8500`",
                "Consul's HTTP interface, with `?dc=…` for another datacenter"
            ),
            Setting(
                "consul.token",
                \.token,
                .text(upTo: 8_192),
                isSecret: true,
                without: "none",
                "the token, sent as `X-Consul-Token`"
            ),
            Setting(
                "consul.passingOnly",
                \.passingOnly,
                .flag,
                in: ConsulSettings(),
                "whether only instances count whose checks pass"
            ),
            Setting(
                "consul.wait",
                \.wait,
                .seconds(.seconds(1)...(.seconds(600))),
                in: ConsulSettings(),
                "for how long a query may be held"
            ),
            Setting(
                "consul.authorityFile",
                \.configuration.authorityFile,
                .text(upTo: Limits.pathBytes),
                without: "the system's",
                "a file with the authorities' certificates (PEM)"
            ),
        ]

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            let service = try Self.required(self.service, "service", "the service's name")
            var configuration = self.configuration
            configuration.headers = self.token.map { ["X-Consul-Token": $0] } ?? [:]
            configuration.polling = try self.polling.made(Self.word)
            return try HTTPListStrategy.consul(
                service: service,
                server: self.server ?? "http://127.0.0.1:8500",
                passingOnly: self.passingOnly,
                wait: self.wait,
                configuration: configuration
            )
        }
    }
#endif
