#if CommandLine
    internal import ArgumentParser

    /// A duration as people write it: `30s`, `1.5s`, `250ms`, `2m`, `1h`, or plain seconds.
    struct TimeSpan: Hashable, Sendable, ExpressibleByArgument {
        /// A day: what is longer is a mistake.
        static let longest: Duration = .seconds(86_400)

        var duration: Duration

        init(_ duration: Duration) {
            self.duration = duration
        }

        init?(argument: String) {
            let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let milliseconds: Double
            switch argument.dropFirst(digits.count) {
            case "ms": milliseconds = 1
            case "", "s": milliseconds = 1_000
            case "m": milliseconds = 60_000
            case "h": milliseconds = 3_600_000
            default: return nil
            }
            guard let number = Double(digits), number.isFinite else { return nil }
            let duration = Duration.milliseconds((number * milliseconds).rounded())
            guard duration <= Self.longest else { return nil }
            self.duration = duration
        }

        var defaultValueDescription: String {
            self.duration == .zero ? "0s" : "\(self.duration / .seconds(1))s".replacing(".0s", with: "s")
        }
    }
#endif
