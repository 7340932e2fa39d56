internal import Crypto

/// The two advisory locks of a key.
struct LeaderLocks: Hashable, Sendable {
    /// Held by whoever leads, or is about to.
    let lock: Int64
    /// Held for a moment by who has led, while its successor has not seen that it has ended.
    let mark: Int64

    /// Read from the SHA-256 of the key behind a fixed text, so that an operator finds them with psql alone.
    init(key: String) {
        let digest = Array(SHA256.hash(data: Array("swift-cluster-formation leader:\(key)".utf8)))
        self.lock = Self.number(digest[0..<8])
        self.mark = Self.number(digest[8..<16])
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
