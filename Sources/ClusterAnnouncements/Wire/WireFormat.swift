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

    /// How deep the values of a message may nest; those of this version need three levels.
    static let maximumDepth = 16
}

/// The kinds of message, by their names on the wire.
enum WireKind: String {
    case announce, leave, roster, absent
}

/// The fields of a message and of a roster's entry.
///
/// Their names on the wire are short because a roster's size is what a join costs.
enum WireField: Int, CaseIterable {
    /// `v`: the major version of the format.
    case version
    /// `k`: the kind of message.
    case kind
    /// `c`: the cluster's name; left out of sealed messages, whose seal is bound to it.
    case cluster
    /// `i`: the instance.
    case instance
    /// `n`: the sequence number.
    case sequence
    /// `h`: the host.
    case host
    /// `p`: the port.
    case port
    /// `ttl`: the time-to-live in milliseconds.
    case timeToLive
    /// `join`: true when the sender asks for a roster.
    case joining
    /// `up`: the uptime in milliseconds.
    case uptime
    /// `ack`: the acknowledged message, its sender and its sequence number.
    case acknowledgement
    /// `m`: the metadata.
    case metadata
    /// `e`: the entries of a roster.
    case entries
    /// `r`, of a roster's entry: what remains of its time-to-live, in milliseconds.
    case remaining
    /// `d`, of a roster's entry: true when the sender has no proof that the peer lives.
    case doubtful
    /// `g`: the instances that are gone.
    case absent
    /// `s`: true when the medium shows the node's session.
    case shown

    /// The name on the wire.
    var name: String {
        switch self {
        case .version: "v"
        case .kind: "k"
        case .cluster: "c"
        case .instance: "i"
        case .sequence: "n"
        case .host: "h"
        case .port: "p"
        case .timeToLive: "ttl"
        case .joining: "join"
        case .uptime: "up"
        case .acknowledgement: "ack"
        case .metadata: "m"
        case .entries: "e"
        case .remaining: "r"
        case .doubtful: "d"
        case .absent: "g"
        case .shown: "s"
        }
    }

    /// Finds a field by its name; a name that is not one of this version's is nil.
    init?(name: ArraySlice<UInt8>) {
        guard let first = name.first else { return nil }
        if name.count == 1 {
            switch first {
            case UInt8(ascii: "v"): self = .version
            case UInt8(ascii: "k"): self = .kind
            case UInt8(ascii: "c"): self = .cluster
            case UInt8(ascii: "i"): self = .instance
            case UInt8(ascii: "n"): self = .sequence
            case UInt8(ascii: "h"): self = .host
            case UInt8(ascii: "p"): self = .port
            case UInt8(ascii: "m"): self = .metadata
            case UInt8(ascii: "e"): self = .entries
            case UInt8(ascii: "r"): self = .remaining
            case UInt8(ascii: "d"): self = .doubtful
            case UInt8(ascii: "g"): self = .absent
            case UInt8(ascii: "s"): self = .shown
            default: return nil
            }
        } else {
            let candidate: WireField
            switch first {
            case UInt8(ascii: "t"): candidate = .timeToLive
            case UInt8(ascii: "j"): candidate = .joining
            case UInt8(ascii: "u"): candidate = .uptime
            case UInt8(ascii: "a"): candidate = .acknowledgement
            default: return nil
            }
            guard name.elementsEqual(candidate.name.utf8) else { return nil }
            self = candidate
        }
    }
}
