#if Configuration
    /// Durations as numbers of seconds.
    enum Seconds {
        private static let perNanosecond = 1e-9
        /// Beyond it nanoseconds would not fit into 64 bits; no limit of ours comes near.
        private static let most = 1e9

        /// The duration of so many seconds, to the nanosecond; nil for what is no number, or beyond thirty years.
        static func duration(_ seconds: Double) -> Duration? {
            guard seconds.isFinite, abs(seconds) <= Self.most else { return nil }
            return .nanoseconds(Int64((seconds / Self.perNanosecond).rounded()))
        }

        /// As it is written in a configuration: `5`, `0.1`.
        static func text(_ duration: Duration) -> String {
            let (seconds, attoseconds) = duration.components
            return attoseconds == 0 ? "\(seconds)" : "\(Double(seconds) + Double(attoseconds) * 1e-18)"
        }
    }
#endif
