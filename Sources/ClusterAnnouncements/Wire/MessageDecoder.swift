internal import ClusterFormation

/// Reads messages from JSON texts, and lets nothing pass that is not entirely valid.
///
/// The order of the fields does not matter, and what a later version puts beside them does not either. What is read is
/// bounded by the payload's length.
struct MessageDecoder: Sendable {
    /// The name that each message must carry; nil where the seal is bound to it.
    let cluster: String?

    func decode(_ text: [UInt8]) throws(Rejection) -> Envelope {
        let object = try WireObject(text: text)
        let version = try object.integer(.version, within: 0...(.max))
        guard version == WireFormat.version else { throw .unsupportedVersion(version) }
        if let cluster = self.cluster, try object.string(.cluster) != cluster {
            throw Rejection(.foreignCluster)
        }
        guard let kind = WireKind(rawValue: try object.string(.kind)) else { throw Rejection(.unknownKind) }
        let moment = try object.moment(.moment)
        return Envelope(
            sender: try object.instance(.instance),
            number: try object.integer(.number, within: 1...WireFormat.largestInteger),
            moment: moment,
            processID: try object.processID(),
            message: try Self.message(kind, at: moment, in: object)
        )
    }

    private static func message(_ kind: WireKind, at moment: Moment, in object: WireObject) throws(Rejection) -> Message
    {
        switch kind {
        case .announce:
            return .announce(
                Announcement(
                    endpoint: try object.endpoint(),
                    timeToLive: try object.milliseconds(.timeToLive, within: WireFormat.timeToLive),
                    isJoining: try object.flag(.joining),
                    uptime: try object.milliseconds(.uptime, within: WireFormat.uptime),
                    isShown: try object.flag(.shown),
                    metadata: try object.metadata()
                )
            )
        case .observe:
            return .observe(isJoining: try object.flag(.joining))
        case .leave:
            return .leave
        case .roster:
            let (part, parts) = try object.part()
            var entries: [Roster.Entry] = []
            for entry in try object.objects(.entries) { entries.append(try Self.entry(entry, toldAt: moment)) }
            var roster = Roster(part: part, of: parts, entries: entries)
            roster.isFull = try object.flag(.full)
            return .roster(roster)
        case .absent:
            return .absent(Absence(instances: try object.instances(.absent), seenAt: try object.moment(.seenAt)))
        }
    }

    private static func entry(_ object: WireObject, toldAt moment: Moment) throws(Rejection) -> Roster.Entry {
        let age = try object.milliseconds(.age, within: WireFormat.uptime)
        let uptime = try object.milliseconds(.uptime, within: WireFormat.uptime)
        return Roster.Entry(
            instance: try object.instance(.instance),
            endpoint: try object.endpoint(),
            number: try object.integer(.number, within: 0...WireFormat.largestInteger),
            processID: try object.processID(),
            moment: moment.advanced(by: .zero - age),
            timeToLive: try object.milliseconds(.timeToLive, within: WireFormat.timeToLive),
            birth: moment.advanced(by: .zero - uptime),
            isShown: try object.flag(.shown),
            metadata: try object.metadata()
        )
    }
}
