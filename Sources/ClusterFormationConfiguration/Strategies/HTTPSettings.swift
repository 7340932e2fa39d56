#if Configuration && HTTP
    internal import ClusterFormation
    internal import ClusterFormationHTTP

    /// The keys of the strategy `http`.
    struct HTTPSettings: StrategySettings {
        var url: String?
        var defaultPort: Int?
        var headers: [String: String]?
        var configuration = HTTPListConfiguration()
        var polling = PollingSettings()

        static let word = "http"

        static let group = SettingGroup(
            start: HTTPSettings(),
            settings: [
                Setting(
                    "http.url",
                    \.url,
                    .text(upTo: Limits.addressBytes),
                    isSecret: true,
                    without: "required",
                    "where the list is, in Prometheus' http_sd format"
                ),
                Setting(
                    "http.defaultPort",
                    \.defaultPort,
                    .port,
                    without: "none",
                    "the port of targets that name none"
                ),
                Setting(
                    "http.headers",
                    \.headers,
                    .pairs(upTo: 64, separator: ":", isSecret: true),
                    isSecret: true,
                    without: "none",
                    "header fields of each request: `Authorization: Bearer …`"
                ),
                Setting(
                    "http.maximumBytes",
                    \.configuration.maximumBytes,
                    .integer(1_024...(64 << 20)),
                    in: HTTPSettings(),
                    "the longest answer that is read"
                ),
                Setting(
                    "http.authorityFile",
                    \.configuration.authorityFile,
                    .text(upTo: Limits.pathBytes),
                    without: "the system's",
                    "a file with the authorities' certificates (PEM)"
                ),
            ]
                + (PollingSettings.settings(Self.word) + [PollingSettings.timeout(Self.word)]).map {
                    $0.within(\.polling)
                }
        )

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            let url = try Self.required(self.url, "url", "the list's address, http://… or https://…")
            var configuration = self.configuration
            configuration.headers = self.headers ?? [:]
            configuration.polling = try self.polling.made(Self.word)
            return try HTTPListStrategy(url: url, defaultPort: self.defaultPort, configuration: configuration)
        }
    }
#endif
