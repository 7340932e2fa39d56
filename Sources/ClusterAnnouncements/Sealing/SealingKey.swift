internal import Crypto

/// A key of one cluster, derived from the one that the user gave, with what its boxes are bound to.
struct SealingKey: Sendable {
    /// Eight hexadecimal digits, in ASCII.
    let id: [UInt8]
    let key: SymmetricKey
    /// What every box is bound to: the version, the key id, the cluster, and once they are known the channel and the place.
    private(set) var boundTo: [UInt8]

    init(_ key: ClusterKey, cluster: String) {
        let context = "swift-cluster-formation announcements s1\0"
        let identifier = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.secret,
            info: Array("\(context)id\0\(cluster)".utf8),
            outputByteCount: 4
        )
        self.id = identifier.withUnsafeBytes { bytes in
            let digits = Array("0123456789abcdef".utf8)
            return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xf)]] }
        }
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.secret,
            info: Array("\(context)key\0\(cluster)".utf8),
            outputByteCount: 32
        )
        self.boundTo = Array("\(context)\(String(decoding: self.id, as: UTF8.self))\0\(cluster)".utf8)
    }

    mutating func bind(toChannel channel: String, at place: String) {
        self.boundTo += Array("\0\(channel)\0\(place)".utf8)
    }
}

extension ClusterKey {
    /// What stands for this key in the sealed messages of a cluster: eight hexadecimal digits, and no secret.
    package func id(inCluster cluster: String) -> String {
        String(decoding: SealingKey(self, cluster: cluster).id, as: UTF8.self)
    }
}
