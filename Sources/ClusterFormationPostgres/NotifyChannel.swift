internal import ClusterFormation

/// The channel that a cluster's nodes listen on.
///
/// PostgreSQL cuts a channel's name after 63 bytes without a word when it comes with LISTEN, and refuses it when it
/// comes with `pg_notify` (PostgreSQL manual, NOTIFY); so a name is checked before use and quoted always.
public struct NotifyChannel: Hashable, Sendable, CustomStringConvertible {
    /// The channel's name, as `LISTEN "name"` in psql takes it.
    public let description: String

    /// A channel of a name of your own.
    ///
    /// - Throws: `ClusterError` with the code `invalidConfiguration` unless the name has 1 to 63 bytes and no control
    ///   characters.
    public init(_ name: String) throws {
        guard !name.isEmpty else {
            throw ClusterError(
                code: .invalidConfiguration,
                message:
                    "The channel's name is empty; give one of 1 to 63 bytes, or none to derive it from the cluster's."
            )
        }
        guard name.utf8.count <= Self.maximumBytes else {
            throw ClusterError(
                code: .invalidConfiguration,
                message:
                    "The channel's name has \(name.utf8.count) bytes; PostgreSQL takes 63 at most. Choose a shorter one, "
                    + "or none to derive it from the cluster's name."
            )
        }
        guard name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The channel's name has a control character in it; choose printable ones."
            )
        }
        self.description = name
    }

    /// The channel of a cluster: `cluster_` and its name where that is a plain lower-case identifier of PostgreSQL,
    /// otherwise as much of it as is one, with a hash of the whole.
    public init(cluster name: String) {
        let plain = name.utf8.allSatisfy { Self.isPlain($0) }
        if plain, !name.isEmpty, name.utf8.count <= Self.maximumBytes - Self.prefix.utf8.count {
            self.description = Self.prefix + name
            return
        }
        let slug = String(
            decoding: name.lowercased().utf8.prefix(38).map { Self.isPlain($0) ? $0 : UInt8(ascii: "_") },
            as: UTF8.self
        )
        self.description = Self.prefix + slug + "_" + Self.hash(of: name)
    }

    private static let prefix = "cluster_"
    private static let maximumBytes = 63

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// FNV-1a, 64 bits: the same on every node, which is all that is asked of it.
    private static func hash(of name: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
