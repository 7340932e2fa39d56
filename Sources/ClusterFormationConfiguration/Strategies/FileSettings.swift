#if Configuration
    internal import ClusterFormation

    /// The keys of the strategy `file`.
    struct FileSettings: StrategySettings {
        var path: String?
        var defaultPort: Int?

        static let word = "file"

        static let group = SettingGroup(
            start: FileSettings(),
            settings: [
                Setting(
                    "file.path",
                    \.path,
                    .text(upTo: Limits.pathBytes),
                    without: "required",
                    "where the file of peers is"
                ),
                Setting("file.defaultPort", \.defaultPort, .port, without: "none", "the port of peers that name none"),
            ]
        )

        func strategy(with shared: SharedSettings) throws -> any ClusterStrategy {
            let path = try Self.required(self.path, "path", "the path of the file")
            return try FileStrategy(path: path, defaultPort: self.defaultPort)
        }
    }
#endif
