#if CommandLine
    /// Colours, on a terminal alone.
    struct Style: Sendable {
        enum Tint: String, Sendable {
            case good = "32"
            case warning = "33"
            case bad = "31"
            case strong = "1"
            case faint = "2"
        }

        /// Without colours.
        static let plain = Style(hasColour: false)

        let hasColour: Bool

        private init(hasColour: Bool) {
            self.hasColour = hasColour
        }

        /// `NO_COLOR` (no-color.org) and a terminal that can nothing win over a terminal.
        init(isTerminal: Bool, environment: [String: String]) {
            let refuses = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
            self.init(hasColour: isTerminal && !refuses)
        }

        func paint(_ text: String, _ tint: Tint?) -> String {
            guard self.hasColour, let tint, !text.isEmpty else { return text }
            return "\u{1b}[\(tint.rawValue)m\(text)\u{1b}[0m"
        }
    }
#endif
