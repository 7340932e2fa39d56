#if Hummingbird
    internal import ClusterFormation

    /// The limits of a cluster's live page; each has a default.
    public struct ClusterPageConfiguration: Sendable {
        /// How many browsers may be told of events at the same time.
        ///
        /// Default: 16.
        ///
        /// One more is answered with 503, and its page reads the status every five seconds instead. 0 turns the events off.
        public var maximumStreams: Int = 16

        /// How long a stream of events may be silent before a line is sent that says nothing.
        ///
        /// Default: 15 s.
        ///
        /// It keeps proxies from closing the stream, and shows when the browser is gone. Choose less than your proxy's idle
        /// time-out.
        public var keepAliveInterval: Duration = .seconds(15)

        /// The defaults.
        public init() {}

        func validate() throws {
            func require(_ holds: Bool, _ message: String) throws {
                guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
            }
            try require(
                (0...10_000).contains(self.maximumStreams),
                "maximumStreams is \(self.maximumStreams); choose 0 to 10,000."
            )
            try require(
                self.keepAliveInterval > .zero && self.keepAliveInterval <= .seconds(3_600),
                "keepAliveInterval is \(self.keepAliveInterval); choose more than zero, up to an hour."
            )
        }
    }
#endif
