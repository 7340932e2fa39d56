/// How a list is asked for again and again, and when its answers are believed; each value has a default.
public struct PollingConfiguration: Sendable, Hashable {
    /// The time between look-ups.
    ///
    /// Default: 5 s. 10 ms to one day.
    ///
    /// Every wait is drawn from 20 % around it, so that nodes that started together do not ask together. Shorter finds
    /// peers sooner and costs the asked service more.
    public var interval: Duration = .seconds(5)

    /// How long one look-up may take before it is cancelled and counts as failed, with the condition `timeout`.
    ///
    /// Default: 5 s. More than zero, up to an hour.
    public var timeout: Duration = .seconds(5)

    /// The longest wait between look-ups, where failures or an answer's time-to-live stretch the interval.
    ///
    /// Default: 30 s. Up to one day; what is below the interval counts as the interval.
    ///
    /// After a failure it is asked again within a second, then after twice that time, and so on up to this.
    public var longestWait: Duration = .seconds(30)

    /// For how long a peer is kept that is missing from whole answers.
    ///
    /// Default: three answers.
    ///
    /// More for a service that answers with changing parts of the list; 1 for one that is always right.
    public var removalGrace: RemovalGrace = .answers(3)

    /// How many empty answers in a row it takes until an empty list is believed.
    ///
    /// Default: 3. 1 to 100.
    ///
    /// Until then the last list stays, with the condition `empty_unconfirmed`. Where no peer is known, there is nothing to
    /// lose, and the first one is believed.
    public var emptyAnswers: Int = 3

    /// The defaults.
    public init() {}

    func validate() throws {
        func require(_ holds: Bool, _ message: String) throws {
            guard holds else { throw ClusterError(code: .invalidConfiguration, message: message) }
        }
        let longest: Duration = .seconds(24 * 3600)
        try require(
            self.interval >= .milliseconds(10) && self.interval <= longest,
            "interval is \(self.interval); choose 10 ms to a day."
        )
        try require(
            self.timeout > .zero && self.timeout <= .seconds(3600),
            "timeout is \(self.timeout); choose more than zero, up to an hour."
        )
        try require(
            self.longestWait > .zero && self.longestWait <= longest,
            "longestWait is \(self.longestWait); choose more than zero, up to a day."
        )
        try require((1...100).contains(self.emptyAnswers), "emptyAnswers is \(self.emptyAnswers); choose 1 to 100.")
        if let flaw = self.removalGrace.flaw { try require(false, flaw) }
    }
}
