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
    /// `n`: the message's number.
    case number
    /// `h`: the host.
    case host
    /// `p`: the port.
    case port
    /// `ttl`: the time-to-live in milliseconds.
    case timeToLive
    /// `join`: true when the sender asks for a roster.
    case joining
    /// `up`: the uptime at the message's moment, in milliseconds.
    case uptime
    /// `t`: the message's moment, in microseconds since 1970 by the medium's clock.
    case moment
    /// `pid`: the process id of the session that the message was made for, or that an entry's node was heard from.
    case processID
    /// `part`: which part of a roster this is, and of how many.
    case part
    /// `a`: the moment at which the sender of an absence has looked.
    case seenAt
    /// `m`: the metadata.
    case metadata
    /// `e`: the entries of a roster.
    case entries
    /// `o`, of a roster's entry: how old the last message of its node is at the roster's moment, in milliseconds.
    case age
    /// `g`: the instances whose sessions are gone.
    case absent
    /// `s`: true when the medium shows the node's session.
    case shown
    /// `f`: true when the sender of a roster has no room for anybody else.
    case full

    /// The name on the wire.
    var name: String {
        switch self {
        case .version: "v"
        case .kind: "k"
        case .cluster: "c"
        case .instance: "i"
        case .number: "n"
        case .host: "h"
        case .port: "p"
        case .timeToLive: "ttl"
        case .joining: "join"
        case .uptime: "up"
        case .moment: "t"
        case .processID: "pid"
        case .part: "part"
        case .seenAt: "a"
        case .metadata: "m"
        case .entries: "e"
        case .age: "o"
        case .absent: "g"
        case .full: "f"
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
            case UInt8(ascii: "n"): self = .number
            case UInt8(ascii: "h"): self = .host
            case UInt8(ascii: "p"): self = .port
            case UInt8(ascii: "m"): self = .metadata
            case UInt8(ascii: "e"): self = .entries
            case UInt8(ascii: "o"): self = .age
            case UInt8(ascii: "t"): self = .moment
            case UInt8(ascii: "a"): self = .seenAt
            case UInt8(ascii: "g"): self = .absent
            case UInt8(ascii: "s"): self = .shown
            case UInt8(ascii: "f"): self = .full
            default: return nil
            }
        } else {
            let candidate: WireField
            switch first {
            case UInt8(ascii: "t"): candidate = .timeToLive
            case UInt8(ascii: "j"): candidate = .joining
            case UInt8(ascii: "u"): candidate = .uptime
            case UInt8(ascii: "p"): candidate = name.count == 3 ? .processID : .part
            default: return nil
            }
            guard name.elementsEqual(candidate.name.utf8) else { return nil }
            self = candidate
        }
    }
}
