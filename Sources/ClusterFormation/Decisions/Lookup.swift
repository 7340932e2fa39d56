/// What one look-up has brought: an answer for each source that was asked.
package struct Lookup: Sendable {
    /// What one source has answered.
    package enum Answer: Sendable {
        /// Everybody whom the source knows; when that is nobody, it must be said several times to count.
        case whole([Node])
        /// Some of those whom the source knows: who is not among them may well be there. The error says what is missing
        /// and why; nil where the source never tells all and that is no fault.
        case partial([Node], because: LookupError?)
        /// Nothing. It changes nothing.
        case failed(LookupError)
    }

    /// By the sources' names, such as the DNS names that were asked for.
    ///
    /// A source that was there before and is not mentioned any more counts as one that answers with an empty list.
    package var answers: [String: Answer]

    /// For how long the answer holds as the mechanism says; nil where it says nothing of it.
    package var timeToLive: Duration?

    package init(answers: [String: Answer], timeToLive: Duration? = nil) {
        self.answers = answers
        self.timeToLive = timeToLive
    }

    /// A look-up that asks one source without a name.
    package init(_ answer: Answer, timeToLive: Duration? = nil) {
        self.init(answers: ["": answer], timeToLive: timeToLive)
    }
}
