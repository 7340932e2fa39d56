#if Configuration
    internal import ClusterFormation

    /// The keys of the strategy `local`.
    struct LocalSettings: StrategySettings {
        var directory: String?

        static let word = "local"

        static let group = SettingGroup(
            start: LocalSettings(),
            settings: [
                Setting(
                    "local.directory",
                    \.directory,
                    .text(upTo: 1_024),
                    without: "the user's own",
                    "an absolute path, the same for all nodes of the host"
                )
            ]
        )

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            guard let directory = self.directory else { return LocalStrategy() }
            return try LocalStrategy(directory: directory)
        }
    }
#endif
