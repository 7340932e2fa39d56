internal import ClusterFormation

/// A message with the names and the units that its fields have on the wire.
struct WireMessage: Encodable {
    let envelope: Envelope
    let cluster: String?

    private typealias Fields = KeyedEncodingContainer<WireField>

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: WireField.self)
        try fields.encode(WireFormat.version, forKey: .version)
        try fields.encodeIfPresent(self.cluster, forKey: .cluster)
        try fields.encode(self.envelope.sender.description, forKey: .instance)
        try fields.encode(self.envelope.number, forKey: .number)
        try fields.encode(Self.microseconds(self.envelope.moment), forKey: .moment)
        try fields.encode(max(0, self.envelope.processID), forKey: .processID)
        switch self.envelope.message {
        case .announce(let announcement):
            try fields.encode(WireKind.announce.rawValue, forKey: .kind)
            try Self.encode(announcement, into: &fields)
        case .observe(let isJoining):
            try fields.encode(WireKind.observe.rawValue, forKey: .kind)
            if isJoining { try fields.encode(true, forKey: .joining) }
        case .leave:
            try fields.encode(WireKind.leave.rawValue, forKey: .kind)
        case .roster(let roster):
            try fields.encode(WireKind.roster.rawValue, forKey: .kind)
            if roster.isFull { try fields.encode(true, forKey: .full) }
            if roster.parts > 1 { try fields.encode([roster.part, roster.parts], forKey: .part) }
            var entries = fields.nestedUnkeyedContainer(forKey: .entries)
            for entry in roster.entries {
                var fields = entries.nestedContainer(keyedBy: WireField.self)
                try Self.encode(entry, toldAt: self.envelope.moment, into: &fields)
            }
        case .absent(let absence):
            try fields.encode(WireKind.absent.rawValue, forKey: .kind)
            try fields.encode(Self.microseconds(absence.seenAt), forKey: .seenAt)
            try fields.encode(absence.instances.map(\.description), forKey: .absent)
        }
    }

    private static func encode(_ announcement: Announcement, into fields: inout Fields) throws {
        try fields.encode(announcement.endpoint.host, forKey: .host)
        try fields.encode(announcement.endpoint.port, forKey: .port)
        try fields.encode(
            self.milliseconds(announcement.timeToLive, within: WireFormat.timeToLive),
            forKey: .timeToLive
        )
        if announcement.isJoining { try fields.encode(true, forKey: .joining) }
        try fields.encode(self.milliseconds(announcement.uptime, within: WireFormat.uptime), forKey: .uptime)
        if announcement.isShown { try fields.encode(true, forKey: .shown) }
        if !announcement.metadata.isEmpty { try fields.encode(announcement.metadata, forKey: .metadata) }
    }

    private static func encode(_ entry: Roster.Entry, toldAt moment: Moment, into fields: inout Fields) throws {
        let (age, uptime) = (entry.moment.duration(to: moment), entry.birth.duration(to: moment))
        try fields.encode(entry.instance.description, forKey: .instance)
        try fields.encode(entry.endpoint.host, forKey: .host)
        try fields.encode(entry.endpoint.port, forKey: .port)
        try fields.encode(entry.number, forKey: .number)
        try fields.encode(max(0, entry.processID), forKey: .processID)
        try fields.encode(self.milliseconds(age, within: WireFormat.uptime), forKey: .age)
        try fields.encode(self.milliseconds(entry.timeToLive, within: WireFormat.timeToLive), forKey: .timeToLive)
        try fields.encode(self.milliseconds(uptime, within: WireFormat.uptime), forKey: .uptime)
        if entry.isShown { try fields.encode(true, forKey: .shown) }
        if !entry.metadata.isEmpty { try fields.encode(entry.metadata, forKey: .metadata) }
    }

    /// Whole milliseconds, cut down to what a reader accepts.
    private static func milliseconds(_ duration: Duration, within range: ClosedRange<Duration>) -> Int64 {
        let (seconds, attoseconds) = min(max(duration, range.lowerBound), range.upperBound).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    private static func microseconds(_ moment: Moment) -> UInt64 {
        min(UInt64(clamping: moment.microseconds), WireFormat.largestInteger)
    }
}
