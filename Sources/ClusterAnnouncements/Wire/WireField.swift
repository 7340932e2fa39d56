/// The fields of a message and of a roster's entry.
///
/// Their names on the wire are short because a roster's size is what a join costs.
enum WireField: String, CodingKey {
    /// The major version of the format.
    case version = "v"
    /// The kind of message.
    case kind = "k"
    /// The cluster's name; left out of sealed messages, whose seal is bound to it.
    case cluster = "c"
    /// The instance.
    case instance = "i"
    /// The message's number.
    case number = "n"
    /// The host.
    case host = "h"
    /// The port.
    case port = "p"
    /// The time-to-live in milliseconds.
    case timeToLive = "ttl"
    /// True when the sender asks for a roster.
    case joining = "join"
    /// The uptime at the message's moment, in milliseconds.
    case uptime = "up"
    /// The message's moment, in microseconds since 1970 by the medium's clock.
    case moment = "t"
    /// The process id of the session that the message was made for, or that an entry's node was heard from.
    case processID = "pid"
    /// Which part of a roster this is, and of how many.
    case part
    /// The moment at which the sender of an absence has looked.
    case seenAt = "a"
    /// The metadata.
    case metadata = "m"
    /// The entries of a roster.
    case entries = "e"
    /// Of a roster's entry: how old the last message of its node is at the roster's moment, in milliseconds.
    case age = "o"
    /// The instances whose sessions are gone.
    case absent = "g"
    /// True when the medium shows the node's session.
    case shown = "s"
    /// True when the sender of a roster has no room for anybody else.
    case full = "f"
}
