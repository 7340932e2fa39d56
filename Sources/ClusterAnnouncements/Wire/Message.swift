/// The kinds of message.
///
/// A kind that this version does not know is ignored by the codec.
package enum Message: Hashable, Sendable {
    /// "I am here."
    case announce(Announcement)
    /// "I listen, and am none of you": from an observer, which proves its channel by it.
    case observe(isJoining: Bool)
    /// "I am leaving."
    case leave
    /// "These are the nodes that I know": hearsay, which introduces peers and does nothing else.
    case roster(Roster)
    /// "The medium no longer shows these instances' sessions": a suspicion.
    case absent(Absence)
}
