#if CommandLine
    internal import ArgumentParser
    internal import ClusterFormation
    internal import ClusterFormationPostgres

    /// Which cluster.
    struct ClusterOptions: ParsableArguments {
        @Option(
            name: [.short, .long],
            help: ArgumentHelp("The cluster's name; CLUSTER_NAME without it.", valueName: "name")
        )
        var cluster: String?

        @Option(
            help: ArgumentHelp(
                "The channel, where it is not the cluster's own; CLUSTER_POSTGRES_CHANNEL without it.",
                valueName: "name"
            )
        )
        var channel: String?

        /// The cluster's name, if one is given.
        func name(in surroundings: Surroundings) throws -> String? {
            guard let name = self.cluster ?? surroundings.environment["CLUSTER_NAME"] else { return nil }
            guard (1...128).contains(name.utf8.count) else {
                throw ToolError(.usage, "a cluster's name has 1 to 128 bytes; this one has \(name.utf8.count)")
            }
            return name
        }

        /// The cluster's name, which must be given.
        func requiredName(in surroundings: Surroundings) throws -> String {
            guard let name = try self.name(in: surroundings) else {
                throw ToolError(.usage, "no cluster is named; give --cluster, or set CLUSTER_NAME")
            }
            return name
        }

        /// The channel of a cluster.
        func channel(of cluster: String, in surroundings: Surroundings) throws -> NotifyChannel {
            if let channel = self.channel ?? surroundings.environment["CLUSTER_POSTGRES_CHANNEL"] {
                return try NotifyChannel(channel)
            }
            return NotifyChannel(cluster: cluster)
        }
    }
#endif
