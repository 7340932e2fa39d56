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
            case .announce(let announcement):
                Self.write(announcement, to: &writer)
            case .leave:
                break
            case .roster(let roster):
                writer.name(.entries)
                writer.array { writer in
                    for entry in roster.entries { writer.raw(Self.encode(entry)) }
                }
            case .absent(let instances):
                writer.name(.absent)
                writer.array { writer in
                    for instance in instances { writer.instance(instance) }
                }
            }
        }
        return writer.bytes
    }

    /// One entry of a roster by itself, so that its size is known before it is packed.
    static func encode(_ entry: Roster.Entry) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name(.instance)
            writer.instance(entry.instance)
            writer.endpoint(entry.endpoint)
            writer.name(.sequence)
            writer.integer(entry.sequence)
            writer.name(.remaining)
            writer.milliseconds(entry.remaining, within: WireFormat.timeToLive)
            writer.name(.uptime)
            writer.milliseconds(entry.uptime, within: WireFormat.uptime)
            if !entry.isProven {
                writer.name(.doubtful)
                writer.boolean(true)
            }
            if entry.showsPresence {
                writer.name(.shown)
                writer.boolean(true)
            }
            writer.metadata(entry.metadata)
        }
        return writer.bytes
    }

    /// A roster of entries that are encoded already.
    func encodeRoster(_ entries: [[UInt8]], sender: InstanceID, sequence: UInt64) -> [UInt8] {
        var writer = JSONWriter()
        let envelope = Envelope(sender: sender, sequence: sequence, message: .roster(Roster(entries: [])))
        writer.object { writer in
            self.writeHead(envelope, to: &writer)
            writer.name(.entries)
            writer.array { writer in
                for entry in entries { writer.raw(entry) }
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
        writer.name(.sequence)
        writer.integer(envelope.sequence)
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
        if announcement.showsPresence {
            writer.name(.shown)
            writer.boolean(true)
        }
        if let acknowledgement = announcement.acknowledgement {
            writer.name(.acknowledgement)
            writer.array { writer in
                writer.instance(acknowledgement.sender)
                writer.integer(acknowledgement.sequence)
            }
        }
        writer.metadata(announcement.metadata)
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
