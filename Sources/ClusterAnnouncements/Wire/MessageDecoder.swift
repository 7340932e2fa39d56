internal import ClusterFormation

/// Reads messages from JSON texts, and lets nothing pass that is not entirely valid.
///
/// A text is gone through once to check its syntax and to note where the known fields are. Only then are they read, so
/// that their order does not matter and what a later version puts into them does not either. Of fields of one name the
/// last one counts. What is read is bounded by the payload's length.
struct MessageDecoder: Sendable {
    /// The name that each message must carry; nil where the seal is bound to it.
    let cluster: String?

    func decode(_ text: [UInt8]) throws(Rejection) -> Envelope {
        var message = try MessageFields(JSONReader(text))
        guard try message.integer(.version, within: 0...(.max)) == WireFormat.version else {
            throw .unsupportedVersion(try message.integer(.version, within: 0...(.max)))
        }
        if let cluster = self.cluster, try message.string(.cluster) != cluster {
            throw Rejection(.foreignCluster)
        }
        guard let kind = WireKind(rawValue: try message.string(.kind)) else { throw Rejection(.unknownKind) }
        let moment = try message.moment(.moment)
        return Envelope(
            sender: try message.instance(.instance),
            number: try message.integer(.number, within: 1...WireFormat.largestInteger),
            moment: moment,
            processID: try message.processID(),
            message: try Self.message(kind, at: moment, in: &message)
        )
    }

    private static func message(
        _ kind: WireKind,
        at moment: Moment,
        in fields: inout MessageFields
    ) throws(Rejection) -> Message {
        switch kind {
        case .announce:
            .announce(
                Announcement(
                    endpoint: try fields.endpoint(),
                    timeToLive: try fields.milliseconds(.timeToLive, within: WireFormat.timeToLive),
                    isJoining: try fields.has(.joining) ? fields.boolean(.joining) : false,
                    uptime: try fields.milliseconds(.uptime, within: WireFormat.uptime),
                    isShown: try fields.has(.shown) ? fields.boolean(.shown) : false,
                    metadata: try fields.has(.metadata) ? fields.metadata() : [:]
                )
            )
        case .leave:
            .leave
        case .roster:
            .roster(try self.roster(at: moment, in: &fields))
        case .absent:
            .absent(
                Absence(
                    instances: try fields.elements(.absent) { reader throws(Rejection) in
                        try reader.instance(as: .absent)
                    },
                    seenAt: try fields.moment(.seenAt)
                )
            )
        }
    }

    private static func roster(at moment: Moment, in fields: inout MessageFields) throws(Rejection) -> Roster {
        let (part, parts) = try fields.has(.part) ? fields.part() : (1, 1)
        let entries = try fields.elements(.entries) { reader throws(Rejection) in
            try Self.entry(&reader, toldAt: moment)
        }
        var roster = Roster(part: part, of: parts, entries: entries)
        if fields.has(.full) { roster.isFull = try fields.boolean(.full) }
        return roster
    }

    private static func entry(_ reader: inout JSONReader, toldAt moment: Moment) throws(Rejection) -> Roster.Entry {
        var fields = try MessageFields(reader, as: .entries)
        let age = try fields.milliseconds(.age, within: WireFormat.uptime)
        let uptime = try fields.milliseconds(.uptime, within: WireFormat.uptime)
        let entry = Roster.Entry(
            instance: try fields.instance(.instance),
            endpoint: try fields.endpoint(),
            number: try fields.integer(.number, within: 0...WireFormat.largestInteger),
            processID: try fields.processID(),
            moment: moment.advanced(by: .zero - age),
            timeToLive: try fields.milliseconds(.timeToLive, within: WireFormat.timeToLive),
            birth: moment.advanced(by: .zero - uptime),
            isShown: try fields.has(.shown) ? fields.boolean(.shown) : false,
            metadata: try fields.has(.metadata) ? fields.metadata() : [:]
        )
        reader.position = fields.end
        return entry
    }
}
