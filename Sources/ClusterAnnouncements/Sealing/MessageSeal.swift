internal import Crypto

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Seals and opens the messages of one cluster.
///
/// A payload is `s1.<key id>.<box>`: the version of the sealed form, eight hexadecimal digits that tell the key, and
/// in base64url a ChaCha20-Poly1305 box (RFC 8439): 12 bytes of random nonce, the ciphertext, 16 bytes of tag. The box is
/// bound to the version, the cluster's name, the key id, the channel, and the place (the server and the database). What
/// the text says, the sender, its session and the moment above all, is bound by being in it.
struct MessageSeal: Sendable, CustomReflectable {
    /// The first character of every sealed payload of every version; no JSON object begins with it.
    static let mark = UInt8(ascii: "s")

    private static let prefix = Array("s1.".utf8)
    private static let keyIDDigits = 8
    private static let headBytes = prefix.count + keyIDDigits + 1
    /// The nonce and the tag.
    private static let boxOverhead = 12 + 16

    private var sending: SealingKey
    private var accepted: [SealingKey]

    /// Derives the cluster's own keys, which costs a few microseconds each.
    init(cluster: String, keys: ClusterKeyRing) {
        self.sending = SealingKey(keys.sendingKey, cluster: cluster)
        self.accepted = keys.acceptedKeys.map { SealingKey($0, cluster: cluster) }
    }

    /// Seals for, and opens from, one channel at one place from now on.
    mutating func bind(toChannel channel: String, at place: String) {
        self.sending.bind(toChannel: channel, at: place)
        for index in self.accepted.indices { self.accepted[index].bind(toChannel: channel, at: place) }
    }

    /// The length of the longest text whose payload has so many bytes.
    static func textBytes(ofPayload count: Int) -> Int {
        Base64URL.decodedCount(of: count - self.headBytes) - self.boxOverhead
    }

    /// The length of the payload that a text of so many bytes becomes.
    static func payloadBytes(ofText count: Int) -> Int {
        self.headBytes + Base64URL.encodedCount(of: count + self.boxOverhead)
    }

    /// A mirror without children: whatever holds a codec can be dumped without the keys.
    var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    func seal(_ text: [UInt8]) -> String {
        guard let box = try? ChaChaPoly.seal(text, using: self.sending.key, authenticating: self.sending.boundTo) else {
            preconditionFailure("A key of 32 bytes and a random nonce can seal every text")
        }
        let payload = Self.prefix + self.sending.id + [UInt8(ascii: ".")] + Base64URL.encode(box.combined)
        return String(decoding: payload, as: UTF8.self)
    }

    func open(_ payload: [UInt8]) throws(Rejection) -> [UInt8] {
        guard payload.starts(with: Self.prefix) else { throw Self.otherVersion(payload) }
        guard payload.count > Self.headBytes, payload[Self.headBytes - 1] == UInt8(ascii: ".") else {
            throw Rejection(.malformed)
        }
        // First of all the id: on a channel that clusters share, most payloads may be another one's, and long.
        let id = payload[Self.prefix.count..<Self.headBytes - 1]
        let candidates = self.accepted.filter { id.elementsEqual($0.id) }
        guard !candidates.isEmpty else { throw Rejection(.unknownKey) }
        guard let bytes = Base64URL.decode(payload[Self.headBytes...]),
            let box = try? ChaChaPoly.SealedBox(combined: bytes)
        else { throw Rejection(.malformed) }
        for key in candidates {
            if let text = try? ChaChaPoly.open(box, using: key.key, authenticating: key.boundTo) {
                return Array(text)
            }
        }
        throw Rejection(.wrongSeal)
    }

    /// What a payload is that begins with the mark and is not of this version: `s<version>.` of another one, or noise.
    private static func otherVersion(_ payload: [UInt8]) -> Rejection {
        let digits = payload.dropFirst().prefix { $0 != UInt8(ascii: ".") }
        guard digits.count < min(payload.count - 1, 5), let version = UInt64(String(decoding: digits, as: UTF8.self))
        else { return Rejection(.malformed) }
        return .unsupportedVersion(version)
    }
}
