#if Configuration
    internal import ClusterAnnouncements
    internal import ClusterFormation

    /// The keys that several strategies use.
    struct SharedSettings: Sendable {
        var key: ClusterKey?
        var acceptedKeys: [ClusterKey]?
        var connection: String?

        static let group = SettingGroup(
            start: SharedSettings(),
            settings: [
                Setting(
                    "key",
                    \.key,
                    .clusterKey,
                    isSecret: true,
                    without: "none",
                    "seals what `postgres`, `table` and `multicast` announce; 32 bytes in base64 or hexadecimal"
                ),
                Setting(
                    "acceptedKeys",
                    \.acceptedKeys,
                    .clusterKeys(upTo: 16),
                    isSecret: true,
                    without: "none",
                    "keys that are accepted as well, while the key is changed"
                ),
                Setting(
                    "postgres.connection",
                    \.connection,
                    .text(upTo: Limits.addressBytes),
                    isSecret: true,
                    without: "required",
                    "the connection string; `postgres:///` leaves everything to the `PG*` variables"
                ),
            ]
        )

        /// What announcements are sealed with; nil for nothing.
        func keys() throws -> ClusterKeyRing? {
            guard let key = self.key else {
                guard self.acceptedKeys == nil else {
                    throw KeyError(
                        "The key 'acceptedKeys' is set, and 'key' is not; set 'key' to the one to seal with."
                    )
                }
                return nil
            }
            return ClusterKeyRing(key, accepting: self.acceptedKeys ?? [])
        }
    }

    extension ValueForm where Value == ClusterKey {
        /// A key as text.
        static var clusterKey: ValueForm {
            // The text of a key has 64 characters at most; whatever is longer is none.
            ValueForm<String>.text(upTo: 256).map {
                try ClusterKey(text: $0)
            } text: { _ in
                ""
            }
        }
    }

    extension ValueForm where Value == [ClusterKey] {
        /// Several keys as text.
        static func clusterKeys(upTo limit: Int) -> ValueForm {
            ValueForm<[String]>.list(upTo: limit).map {
                try $0.map { try ClusterKey(text: $0) }
            } text: { _ in
                ""
            }
        }
    }
#endif
