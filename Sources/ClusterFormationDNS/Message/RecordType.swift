/// The types of records that are asked for (RFC 1035, 3596, 2782).
enum RecordType: UInt16, Hashable, Sendable, CustomStringConvertible {
    case ipv4Address = 1
    case ipv6Address = 28
    case service = 33

    var description: String {
        switch self {
        case .ipv4Address: "A"
        case .ipv6Address: "AAAA"
        case .service: "SRV"
        }
    }
}

/// One question to the name servers: a whole name, and a type of record.
struct Question: Hashable, Sendable, CustomStringConvertible {
    /// Lower case, without a final dot.
    var name: String
    var type: RecordType

    var description: String { "\(self.name) \(self.type)" }
}
