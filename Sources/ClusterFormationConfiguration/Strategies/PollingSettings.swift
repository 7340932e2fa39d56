#if Configuration
    internal import ClusterFormation

    /// The keys of strategies that ask for a list again and again.
    struct PollingSettings: Sendable {
        var configuration = PollingConfiguration()
        var removalAnswers: Int?
        var removalGrace: Duration?

        /// All but ``timeout(_:)``.
        ///
        /// - Parameters:
        ///   - prefix: The strategy's word.
        ///   - start: What holds without any key.
        /// - Returns: The keys.
        static func settings(_ prefix: String, in start: PollingSettings = .init()) -> [Setting<PollingSettings>] {
            [
                Setting(
                    "\(prefix).interval",
                    \.configuration.interval,
                    .seconds(.milliseconds(10)...Limits.day),
                    in: start,
                    "how often the list is asked for"
                ),
                Setting(
                    "\(prefix).longestWait",
                    \.configuration.longestWait,
                    .seconds(Limits.moment...Limits.day),
                    in: start,
                    "the longest wait after failures"
                ),
                Setting(
                    "\(prefix).removalAnswers",
                    \.removalAnswers,
                    .integer(1...100),
                    without: "`3`",
                    "how many whole answers must lack a peer until it is lost"
                ),
                Setting(
                    "\(prefix).removalGrace",
                    \.removalGrace,
                    .seconds(.zero...Limits.day),
                    without: "none",
                    "in place of `\(prefix).removalAnswers`: for how long they must"
                ),
                Setting(
                    "\(prefix).emptyAnswers",
                    \.configuration.emptyAnswers,
                    .integer(1...100),
                    in: start,
                    "how many empty answers in a row are believed"
                ),
            ]
        }

        /// How long one asking may take.
        static func timeout(_ prefix: String) -> Setting<PollingSettings> {
            Setting(
                "\(prefix).timeout",
                \.configuration.timeout,
                .seconds(Limits.moment...Limits.hour),
                in: PollingSettings(),
                "how long one answer may take"
            )
        }

        func made(_ prefix: String) throws -> PollingConfiguration {
            var configuration = self.configuration
            switch (self.removalAnswers, self.removalGrace) {
            case (.some, .some):
                throw KeyError(
                    "The keys '\(prefix).removalAnswers' and '\(prefix).removalGrace' are both set; set one of them."
                )
            case (let answers?, nil): configuration.removalGrace = .answers(answers)
            case (nil, let duration?): configuration.removalGrace = .duration(duration)
            case (nil, nil): break
            }
            return configuration
        }
    }
#endif
