/// What comes before the body of an answer.
package struct HTTPHead: Sendable, Hashable {
    package var status: Int

    /// The fields that came, each name in lower case; of a name that came twice the first value.
    package var headers: [String: String]

    package init(status: Int, headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
    }

    package var isSuccess: Bool { (200...299).contains(self.status) }

    /// For how long the server asks to be left alone; nil where it does not say so in seconds.
    ///
    /// At most five minutes: a longer wait than that would be an outage of its own.
    package var retryAfter: Duration? {
        guard let text = self.headers["retry-after"], let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 300))
    }
}
