#if CommandLine
    /// This machine's clock beside the server's.
    struct ClockComparison: Hashable, Sendable {
        /// How much later it is there than here.
        let serverAhead: Duration

        /// Time that an answer may have taken, and a clock that is kept in time.
        private static let tolerance: Duration = .seconds(5)

        var finding: Finding {
            let distance = max(self.serverAhead, .zero - self.serverAhead)
            guard distance > Self.tolerance else {
                return .passed(.clocks, "this machine's clock and the server's agree")
            }
            let direction = self.serverAhead > .zero ? "behind" : "ahead of"
            return .note(
                .clocks,
                "clock_difference",
                "this machine's clock is \(Span.words(distance)) \(direction) the server's",
                remedy:
                    "a cluster goes by the server's clock alone and works all the same; logs and certificates do not: "
                    + "keep both in time by NTP"
            )
        }
    }
#endif
