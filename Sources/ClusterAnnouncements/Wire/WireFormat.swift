/// The numbers of the wire format: its version and the ranges of its fields.
enum WireFormat {
    /// The major version; a program that knows another one ignores the message.
    static let version: UInt64 = 1

    /// Every JSON reader holds an integer up to this one exactly (RFC 8259, section 6).
    static let largestInteger: UInt64 = 1 << 53 - 1

    /// For how long a message can ask to be believed.
    static let timeToLive: ClosedRange<Duration> = .milliseconds(1)...(.seconds(30 * 86_400))

    /// For how long an instance can claim to have lived: a hundred years, so that no reckoning with it overflows.
    static let uptime: ClosedRange<Duration> = .zero...(.seconds(100 * 365 * 86_400))

    /// The moments that a message may name: the years 1970 to 2255, so that no reckoning with them overflows.
    static let moment: ClosedRange<UInt64> = 0...largestInteger

    /// How many parts a roster can have: those of a million nodes, one in each.
    static let parts: ClosedRange<UInt64> = 1...1_000_000

    /// How deep the values of a message may nest; those of this version need three levels.
    static let maximumDepth = 16
}
