internal import ClusterFormation

/// Writes messages as JSON texts.
struct MessageEncoder: Sendable {
    /// The name to write into each message; nil where the seal is bound to it.
    let cluster: String?

    func encode(_ envelope: Envelope) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            self.writeHead(envelope, to: &writer)
            switch envelope.message {
            case .announce(let announcement): Self.write(announcement, to: &writer)
            case .leave: break
            case .roster(let roster): Self.write(roster, toldAt: envelope.moment, to: &writer)
            case .absent(let absence): Self.write(absence, to: &writer)
            }
        }
        return writer.bytes
    }

    private func writeHead(_ envelope: Envelope, to writer: inout JSONWriter) {
        writer.name(.version)
        writer.integer(WireFormat.version)
        writer.name(.kind)
        writer.string(WireKind(envelope.message).rawValue)
        if let cluster = self.cluster {
            writer.name(.cluster)
            writer.string(cluster)
        }
        writer.name(.instance)
        writer.instance(envelope.sender)
        writer.name(.number)
        writer.integer(envelope.number)
        writer.name(.moment)
        writer.moment(envelope.moment)
        writer.name(.processID)
        writer.integer(UInt64(clamping: envelope.processID))
    }

    private static func write(_ announcement: Announcement, to writer: inout JSONWriter) {
        writer.endpoint(announcement.endpoint)
        writer.name(.timeToLive)
        writer.milliseconds(announcement.timeToLive, within: WireFormat.timeToLive)
        if announcement.isJoining {
            writer.name(.joining)
            writer.boolean(true)
        }
        writer.name(.uptime)
        writer.milliseconds(announcement.uptime, within: WireFormat.uptime)
        if announcement.isShown {
            writer.name(.shown)
            writer.boolean(true)
        }
        writer.metadata(announcement.metadata)
    }

    private static func write(_ roster: Roster, toldAt moment: Moment, to writer: inout JSONWriter) {
        if roster.parts > 1 {
            writer.name(.part)
            writer.array { writer in
                writer.integer(UInt64(roster.part))
                writer.integer(UInt64(roster.parts))
            }
        }
        if roster.isFull {
            writer.name(.full)
            writer.boolean(true)
        }
        writer.name(.entries)
        writer.array { writer in
            for entry in roster.entries { Self.write(entry, toldAt: moment, to: &writer) }
        }
    }

    private static func write(_ entry: Roster.Entry, toldAt moment: Moment, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name(.instance)
            writer.instance(entry.instance)
            writer.endpoint(entry.endpoint)
            writer.name(.number)
            writer.integer(entry.number)
            writer.name(.processID)
            writer.integer(UInt64(clamping: entry.processID))
            writer.name(.age)
            writer.milliseconds(entry.moment.duration(to: moment), within: WireFormat.uptime)
            writer.name(.timeToLive)
            writer.milliseconds(entry.timeToLive, within: WireFormat.timeToLive)
            writer.name(.uptime)
            writer.milliseconds(entry.birth.duration(to: moment), within: WireFormat.uptime)
            if entry.isShown {
                writer.name(.shown)
                writer.boolean(true)
            }
            writer.metadata(entry.metadata)
        }
    }

    private static func write(_ absence: Absence, to writer: inout JSONWriter) {
        writer.name(.seenAt)
        writer.moment(absence.seenAt)
        writer.name(.absent)
        writer.array { writer in
            for instance in absence.instances { writer.instance(instance) }
        }
    }
}

extension WireKind {
    fileprivate init(_ message: Message) {
        switch message {
        case .announce: self = .announce
        case .leave: self = .leave
        case .roster: self = .roster
        case .absent: self = .absent
        }
    }
}
