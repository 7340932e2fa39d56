/// Takes the notifications out of what a PostgreSQL server sends, as a relay does that knows nothing of LISTEN.
///
/// The server's messages are a type, a length that counts itself, and a body (the PostgreSQL manual, "Message Formats").
/// Before them a server may answer a request for encryption with one byte. Where that byte says yes, nothing more can be
/// read, and all is let through.
struct NotificationFilter {
    private enum Place {
        /// Nothing but answers to requests for encryption has come so far.
        case start
        case header(bytes: [UInt8])
        case body(left: Int, isDropped: Bool)
        case encrypted
    }

    private static let notification = UInt8(ascii: "A")
    private static let headerSize = 5
    /// The length that a message says counts itself, with four bytes.
    private static let lengthSize = 4

    private var place = Place.start

    /// What is to be sent on of the bytes that have come, in order.
    mutating func pass(_ bytes: [UInt8], dropsNotifications: Bool) -> [UInt8] {
        var passed: [UInt8] = []
        passed.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            switch self.place {
            case .encrypted:
                passed.append(contentsOf: rest)
                rest = []
            case .start:
                let byte = rest[rest.startIndex]
                switch byte {
                case UInt8(ascii: "N"):
                    // A no; the server's first message is never a notice, which has the same letter.
                    passed.append(byte)
                    rest.removeFirst()
                case UInt8(ascii: "S"), UInt8(ascii: "G"):
                    self.place = .encrypted
                default:
                    self.place = .header(bytes: [])
                }
            case .header(var header):
                let count = min(rest.count, Self.headerSize - header.count)
                header.append(contentsOf: rest.prefix(count))
                rest.removeFirst(count)
                guard header.count == Self.headerSize else {
                    self.place = .header(bytes: header)
                    break
                }
                let length = header.dropFirst().reduce(0) { $0 << 8 | Int($1) }
                let isDropped = dropsNotifications && header[0] == Self.notification
                if !isDropped { passed.append(contentsOf: header) }
                self.enter(bodyOf: length - Self.lengthSize, isDropped: isDropped)
            case .body(let left, let isDropped):
                let count = min(rest.count, left)
                if !isDropped { passed.append(contentsOf: rest.prefix(count)) }
                rest.removeFirst(count)
                self.enter(bodyOf: left - count, isDropped: isDropped)
            }
        }
        return passed
    }

    private mutating func enter(bodyOf length: Int, isDropped: Bool) {
        self.place = length > 0 ? .body(left: length, isDropped: isDropped) : .header(bytes: [])
    }
}
