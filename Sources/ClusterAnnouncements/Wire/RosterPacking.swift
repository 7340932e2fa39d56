internal import ClusterFormation

/// How many entries of a roster go into one message.
///
/// Reckoned without encoding, and with what grows with time as it will be an hour later: a part is encoded when it is sent,
/// which may be later than it is packed.
package enum RosterPacking {
    /// Cuts entries, in their order, into as few parts as the limit allows; no parts when there are no entries.
    ///
    /// An entry that does not fit even by itself is left out; since each is about a node that announced itself within the
    /// same limit, there is none. The limit is on the text of a message, in bytes; the cluster's name is in each, unless the
    /// seal is bound to it.
    package static func parts(
        of entries: [Roster.Entry],
        within limit: Int,
        cluster: String?,
        at moment: Moment
    ) -> [Roster] {
        let room = limit - self.headBytes - (cluster.map { self.text($0) + 5 } ?? 0)
        var parts: [[Roster.Entry]] = []
        var bytes = 0
        for entry in entries {
            let size = self.bytes(of: entry, at: moment)
            guard size <= room else { continue }
            if parts.isEmpty || bytes + size > room {
                parts.append([])
                bytes = 0
            }
            parts[parts.count - 1].append(entry)
            bytes += size
        }
        return parts.enumerated().map { Roster(part: $0.offset + 1, of: parts.count, entries: $0.element) }
    }

    /// How many parts so many entries of one length take.
    static func partCount(of entries: Int, each bytes: Int, within limit: Int) -> Int {
        let entriesEach = max(1, (limit - self.headBytes) / bytes)
        return (entries + entriesEach - 1) / entriesEach
    }

    // A head of the longest kind:
    // {"e":[],"f":true,"i":"<32>","k":"roster","n":<16>,"part":[<7>,<7>],"pid":<10>,"t":<16>,"v":1}
    private static let headBytes = 165

    // {"h":"","i":"<32>","n":,"o":,"p":,"pid":,"ttl":,"up":},
    private static let entryBytes = 83
    // ,"s":true
    private static let shownBytes = 9
    /// For how long a part may wait to be sent and still fit.
    private static let longestDelay = Duration.seconds(3_600)

    /// How long an entry is at most, if it is sent within an hour.
    static func bytes(of entry: Roster.Entry, at moment: Moment) -> Int {
        var bytes = self.entryBytes + entry.endpoint.host.utf8.count
        bytes += self.digits(entry.number) + self.digits(UInt64(clamping: entry.processID))
        bytes += self.digitsOfMilliseconds(entry.timeToLive)
        bytes += self.digitsOfMilliseconds(entry.moment.duration(to: moment) + self.longestDelay)
        bytes += self.digitsOfMilliseconds(entry.birth.duration(to: moment) + self.longestDelay)
        bytes += self.digits(UInt64(clamping: entry.endpoint.port)) + (entry.isShown ? self.shownBytes : 0)
        guard !entry.metadata.isEmpty else { return bytes }
        bytes += 7
        for (key, value) in entry.metadata { bytes += self.text(key) + self.text(value) + 6 }
        return bytes
    }

    /// The length of a string's JSON text without its quotation marks: what is not ASCII is escaped.
    private static func text(_ string: String) -> Int {
        string.utf16.reduce(0) { bytes, unit in
            switch unit {
            case 0x22, 0x5c: bytes + 2
            case 0x20...0x7e: bytes + 1
            default: bytes + 6
            }
        }
    }

    private static func digitsOfMilliseconds(_ duration: Duration) -> Int {
        self.digits(UInt64(clamping: duration.inNanoseconds / 1_000_000))
    }

    private static func digits(_ number: UInt64) -> Int {
        var (digits, rest) = (1, number)
        while rest >= 10 { (digits, rest) = (digits + 1, rest / 10) }
        return digits
    }
}
