#if Configuration
    internal import ClusterFormation

    /// The keys of which cluster it is, and of how its peers are found.
    struct ClusterSettings: Sendable {
        var name: String?

        static let group = SettingGroup(
            start: ClusterSettings(),
            settings: [
                Setting(
                    "name",
                    \.name,
                    .text(upTo: 128),
                    without: "required",
                    "the cluster's name, the same on all of its nodes"
                )
            ]
        )

        func requiredName() throws -> String {
            guard let name = self.name else {
                throw KeyError("The key 'name' is not set; set it to the cluster's name, the same on all of its nodes.")
            }
            guard !NodeMetadata.hasControlCharacters(name) else {
                throw KeyError("The key 'name' has control characters in it; choose printable ones.")
            }
            return name
        }
    }
#endif
