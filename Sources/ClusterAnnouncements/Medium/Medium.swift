/// What a medium can carry, and how far its clock is to be trusted.
public struct Medium: Hashable, Sendable {
    /// The longest payload in bytes.
    public var maximumPayloadBytes: Int

    /// How much older than the newest message of a session an honest one may be when it is heard.
    ///
    /// A message is made a moment before it is sent, and what is sent waits for its turn: the window covers both, and is
    /// the time in which a recording passes for the original. A medium whose nodes read clocks of their own needs a
    /// window that covers their differences as well (RFC 8945, section 10: 300 s).
    public var freshnessWindow: Duration

    /// Describes a medium.
    public init(maximumPayloadBytes: Int, freshnessWindow: Duration) {
        self.maximumPayloadBytes = maximumPayloadBytes
        self.freshnessWindow = freshnessWindow
    }

    /// PostgreSQL's NOTIFY: 7,999 bytes (PostgreSQL manual, NOTIFY), and a window of 10 s.
    ///
    /// A statement is given up after 4 s, so that no honest message waits longer for its commit; the rest is for a node
    /// that is held up between making a message and sending it.
    public static let postgres = Medium(maximumPayloadBytes: 7_999, freshnessWindow: .seconds(10))
}
