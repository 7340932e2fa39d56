package import ClusterFormation

/// Turns messages into payloads and back.
///
/// A payload is ASCII. Without keys it is a JSON text; with keys it is sealed, `s1.<key id>.<base64url of a box>`, and
/// the box holds the same JSON text without the cluster's name.
package struct AnnouncementCodec: Sendable {
    /// The longest payload that PostgreSQL's NOTIFY takes.
    package static let defaultMaximumPayloadBytes = 7_999

    private let maximumPayloadBytes: Int
    private let encoder: MessageEncoder
    private let decoder: MessageDecoder
    private let seal: MessageSeal?

    /// Makes a codec; with keys it derives this cluster's own from them, once.
    package init(
        cluster: String,
        keys: ClusterKeyRing?,
        maximumPayloadBytes: Int = AnnouncementCodec.defaultMaximumPayloadBytes
    ) {
        self.maximumPayloadBytes = maximumPayloadBytes
        self.seal = keys.map { MessageSeal(cluster: cluster, keys: $0) }
        self.encoder = MessageEncoder(cluster: keys == nil ? cluster : nil)
        self.decoder = MessageDecoder(cluster: keys == nil ? cluster : nil)
    }

    // MARK: Encoding

    /// Makes the payload of a message.
    package func encode(_ envelope: Envelope) throws(PayloadTooLarge) -> String {
        let text = self.encoder.encode(envelope)
        let bytes = self.payloadBytes(ofText: text.count)
        guard bytes <= self.maximumPayloadBytes else {
            throw PayloadTooLarge(bytes: bytes, limit: self.maximumPayloadBytes)
        }
        return self.payload(of: text)
    }

    /// Packs entries, in their order, into as few payloads as the limit allows.
    ///
    /// - Parameters:
    ///   - entries: The entries. One that does not fit even by itself is left out; since each is about a node that
    ///     announced itself within the same limit, there is none.
    ///   - sender: The sending instance.
    ///   - nextSequence: Gives each payload its sequence number.
    /// - Returns: The payloads; none when there are no entries.
    package func encodeRoster(
        _ entries: [Roster.Entry],
        sender: InstanceID,
        nextSequence: () -> UInt64
    ) -> [String] {
        var payloads: [String] = []
        var packing: RosterPacking?
        for entry in entries {
            let json = MessageEncoder.encode(entry)
            if packing?.entries.isEmpty == false, !self.fits(packing, with: json), let full = packing {
                payloads.append(self.payload(of: full, sender: sender))
                packing = nil
            }
            if packing == nil { packing = self.emptyPacking(sender: sender, sequence: nextSequence()) }
            if self.fits(packing, with: json) { packing?.append(json) }
        }
        if let last = packing, !last.entries.isEmpty { payloads.append(self.payload(of: last, sender: sender)) }
        return payloads
    }

    private func emptyPacking(sender: InstanceID, sequence: UInt64) -> RosterPacking {
        let frame = self.encoder.encodeRoster([], sender: sender, sequence: sequence)
        return RosterPacking(sequence: sequence, bytes: frame.count)
    }

    private func fits(_ packing: RosterPacking?, with entry: [UInt8]) -> Bool {
        guard let packing else { return false }
        return self.payloadBytes(ofText: packing.bytes(with: entry)) <= self.maximumPayloadBytes
    }

    private func payload(of packing: RosterPacking, sender: InstanceID) -> String {
        self.payload(of: self.encoder.encodeRoster(packing.entries, sender: sender, sequence: packing.sequence))
    }

    private func payload(of text: [UInt8]) -> String {
        self.seal?.seal(text) ?? String(decoding: text, as: UTF8.self)
    }

    private func payloadBytes(ofText count: Int) -> Int {
        self.seal == nil ? count : MessageSeal.payloadBytes(ofText: count)
    }

    // MARK: Decoding

    /// Reads a payload; what it returns is valid in every field.
    package func decode(_ payload: String) throws(Rejection) -> Envelope {
        let count = payload.utf8.count
        guard count > 0 else { throw Rejection(.empty) }
        guard count <= self.maximumPayloadBytes else { throw Rejection(.oversized) }
        let bytes = Array(payload.utf8)
        return try self.decoder.decode(self.text(of: bytes))
    }

    private func text(of payload: [UInt8]) throws(Rejection) -> [UInt8] {
        switch (self.seal, payload.first) {
        case (let seal?, MessageSeal.mark): try seal.open(payload)
        case (nil, MessageSeal.mark): throw Rejection(.sealed)
        case (_?, UInt8(ascii: "{")): throw Rejection(.unsealed)
        case (_?, _): throw Rejection(.malformed)
        case (nil, _): payload
        }
    }
}

/// The entries that go into one payload, and how long its text is with them.
private struct RosterPacking {
    let sequence: UInt64
    private(set) var bytes: Int
    private(set) var entries: [[UInt8]] = []

    init(sequence: UInt64, bytes: Int) {
        self.sequence = sequence
        self.bytes = bytes
    }

    func bytes(with entry: [UInt8]) -> Int {
        // A comma goes before each entry but the first.
        self.bytes + entry.count + (self.entries.isEmpty ? 0 : 1)
    }

    mutating func append(_ entry: [UInt8]) {
        self.bytes = self.bytes(with: entry)
        self.entries.append(entry)
    }
}
