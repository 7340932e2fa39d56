#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements

    /// Where a cluster's keys are: never among the arguments, which whoever may list processes reads.
    struct KeyOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "The environment variable that holds the cluster's key; several while the key is being changed.",
                valueName: "variable"
            )
        )
        var keyEnvironment: [String] = []

        @Option(
            help: ArgumentHelp(
                "The file that holds the cluster's key; several while the key is being changed.",
                valueName: "path"
            ),
            completion: .file()
        )
        var keyFile: [String] = []

        func validate() throws {
            guard self.keyEnvironment.isEmpty || self.keyFile.isEmpty else {
                throw ValidationError("Give --key-environment or --key-file, not both.")
            }
        }

        /// The keys in the order in which they are given; none where none is given and CLUSTER_KEY is not set.
        func keys(in surroundings: Surroundings) throws -> [ClusterKey] {
            if !self.keyFile.isEmpty { return try self.keyFile.map { try ClusterKey(contentsOfFile: $0) } }
            if self.keyEnvironment.isEmpty {
                return try surroundings.environment["CLUSTER_KEY"].map { [try ClusterKey(text: $0)] } ?? []
            }
            return try self.keyEnvironment.map { variable in
                guard let text = surroundings.environment[variable] else {
                    throw ToolError(
                        .usage,
                        "the environment variable \(variable), which should hold the key, is not set"
                    )
                }
                return try ClusterKey(text: text)
            }
        }

        /// All of the keys, the first one to seal with; nil where there is none.
        func ring(in surroundings: Surroundings) throws -> ClusterKeyRing? {
            let keys = try self.keys(in: surroundings)
            return keys.first.map { ClusterKeyRing($0, accepting: Array(keys.dropFirst())) }
        }
    }
#endif
