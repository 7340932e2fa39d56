/// Turns messages into payloads and back.
///
/// A payload is ASCII. Without keys it is a JSON text; with keys it is sealed, `s1.<key id>.<base64url of a box>`, and
/// the box holds the same JSON text without the cluster's name.
package struct AnnouncementCodec: Sendable {
    private let medium: Medium
    private let encoder: MessageEncoder
    private let decoder: MessageDecoder
    private var seal: MessageSeal?

    /// Makes a codec; with keys it derives this cluster's own from them, once.
    package init(cluster: String, keys: ClusterKeyRing?, medium: Medium = .postgres) {
        self.medium = medium
        self.seal = keys.map { MessageSeal(cluster: cluster, keys: $0) }
        self.encoder = MessageEncoder(cluster: keys == nil ? cluster : nil)
        self.decoder = MessageDecoder(cluster: keys == nil ? cluster : nil)
    }

    /// The same codec for one channel at one place: what was sealed for another one can't be opened with it.
    package func bound(toChannel channel: String, at place: String) -> AnnouncementCodec {
        var codec = self
        codec.seal?.bind(toChannel: channel, at: place)
        return codec
    }

    // MARK: Encoding

    /// Makes the payload of a message.
    package func encode(_ envelope: Envelope) throws(PayloadTooLarge) -> String {
        let text = self.encoder.encode(envelope)
        let bytes = self.seal == nil ? text.count : MessageSeal.payloadBytes(ofText: text.count)
        guard bytes <= self.medium.maximumPayloadBytes else {
            throw PayloadTooLarge(bytes: bytes, limit: self.medium.maximumPayloadBytes)
        }
        return self.seal?.seal(text) ?? String(decoding: text, as: UTF8.self)
    }

    /// Cuts the entries of a roster into as few parts as payloads take.
    package func parts(of entries: [Roster.Entry], at moment: Moment) -> [Roster] {
        let limit = Self.textLimit(isSealed: self.seal != nil, medium: self.medium)
        return RosterPacking.parts(of: entries, within: limit, cluster: self.encoder.cluster, at: moment)
    }

    /// How long the text of a message may be, in bytes.
    package static func textLimit(isSealed: Bool, medium: Medium) -> Int {
        isSealed ? MessageSeal.textBytes(ofPayload: medium.maximumPayloadBytes) : medium.maximumPayloadBytes
    }

    // MARK: Decoding

    /// Reads a message once, so that the reader's own start, some milliseconds in a process, is over before a join waits for
    /// it.
    package func warmUp(with envelope: Envelope) {
        _ = try? self.decoder.decode(self.encoder.encode(envelope))
    }

    /// Reads a payload; what it returns is valid in every field.
    package func decode(_ payload: String) throws(Rejection) -> Envelope {
        let count = payload.utf8.count
        guard count > 0 else { throw Rejection(.empty) }
        guard count <= self.medium.maximumPayloadBytes else { throw Rejection(.oversized) }
        let bytes = Array(payload.utf8)
        return try self.decoder.decode(self.text(of: bytes))
    }

    /// JSON's white space, or the object's own beginning (RFC 8259, section 2).
    private static func canBeginObject(_ byte: UInt8) -> Bool { "{ \t\n\r".utf8.contains(byte) }

    private func text(of payload: [UInt8]) throws(Rejection) -> [UInt8] {
        switch (self.seal, payload.first) {
        case (let seal?, MessageSeal.mark): try seal.open(payload)
        case (nil, MessageSeal.mark): throw Rejection(.sealed)
        case (_?, UInt8(ascii: "{")): throw Rejection(.unsealed)
        case (nil, let first?) where Self.canBeginObject(first): payload
        // Whatever its length, it costs no more than this look.
        case (_, _): throw Rejection(.malformed)
        }
    }
}
