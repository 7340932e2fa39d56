#if Configuration
    /// The keys of which strategies there are.
    struct ChoiceSettings: Sendable {
        var strategies: [String]?
        var fallback: String?
        var fallbackDelay: Duration = .seconds(30)

        static let group = SettingGroup(
            start: ChoiceSettings(),
            settings: [
                Setting(
                    "strategy",
                    \.strategies,
                    .list(upTo: 16),
                    without: "required",
                    "how peers are found; several are united: `postgres,static`"
                ),
                Setting(
                    "fallback",
                    \.fallback,
                    .text(upTo: 64),
                    without: "none",
                    "a strategy for as long as the one that `strategy` names does not work"
                ),
                Setting(
                    "fallbackDelay",
                    \.fallbackDelay,
                    .seconds(.zero...Limits.day),
                    in: ChoiceSettings(),
                    "for how long that one must not have worked before, and must have worked after"
                ),
            ]
        )
    }
#endif
