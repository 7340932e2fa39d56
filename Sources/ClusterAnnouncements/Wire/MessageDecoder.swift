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
        return Envelope(
            sender: try message.instance(.instance),
            sequence: try message.integer(.sequence, within: 1...WireFormat.largestInteger),
            message: try Self.message(kind, in: &message)
        )
    }

    private static func message(_ kind: WireKind, in fields: inout MessageFields) throws(Rejection) -> Message {
        switch kind {
        case .announce:
            .announce(
                Announcement(
                    endpoint: try fields.endpoint(),
                    timeToLive: try fields.milliseconds(.timeToLive, within: WireFormat.timeToLive),
                    isJoining: try fields.has(.joining) ? fields.boolean(.joining) : false,
                    uptime: try fields.milliseconds(.uptime, within: WireFormat.uptime),
                    showsPresence: try fields.has(.shown) ? fields.boolean(.shown) : false,
                    acknowledgement: try fields.has(.acknowledgement) ? fields.acknowledgement() : nil,
                    metadata: try fields.has(.metadata) ? fields.metadata() : [:]
                )
            )
        case .leave:
            .leave
        case .roster:
            .roster(Roster(entries: try fields.elements(.entries, Self.entry)))
        case .absent:
            .absent(try fields.elements(.absent) { reader throws(Rejection) in try reader.instance(as: .absent) })
        }
    }

    private static func entry(_ reader: inout JSONReader) throws(Rejection) -> Roster.Entry {
        var fields = try MessageFields(reader, as: .entries)
        let entry = Roster.Entry(
            instance: try fields.instance(.instance),
            endpoint: try fields.endpoint(),
            sequence: try fields.integer(.sequence, within: 0...WireFormat.largestInteger),
            remaining: try fields.milliseconds(.remaining, within: WireFormat.timeToLive),
            uptime: try fields.milliseconds(.uptime, within: WireFormat.uptime),
            isProven: try fields.has(.doubtful) ? !fields.boolean(.doubtful) : true,
            showsPresence: try fields.has(.shown) ? fields.boolean(.shown) : false,
            metadata: try fields.has(.metadata) ? fields.metadata() : [:]
        )
        reader.position = fields.end
        return entry
    }
}
