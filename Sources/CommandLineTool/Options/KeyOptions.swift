#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements

    /// Where a cluster's key is: never among the arguments, which whoever may list processes reads.
    struct KeyOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp("The environment variable that holds the cluster's key.", valueName: "variable")
        )
        var keyEnvironment: String?

        @Option(help: ArgumentHelp("The file that holds the cluster's key.", valueName: "path"), completion: .file())
        var keyFile: String?

        func validate() throws {
            guard self.keyEnvironment == nil || self.keyFile == nil else {
                throw ValidationError("Give --key-environment or --key-file, not both.")
            }
        }

        /// The key; nil where none is given and CLUSTER_KEY is not set.
        func key(in surroundings: Surroundings) throws -> ClusterKey? {
            if let file = self.keyFile { return try ClusterKey(contentsOfFile: file) }
            let variable = self.keyEnvironment ?? "CLUSTER_KEY"
            guard let text = surroundings.environment[variable] else {
                guard self.keyEnvironment != nil else { return nil }
                throw ToolError(.usage, "the environment variable \(variable), which should hold the key, is not set")
            }
            return try ClusterKey(text: text)
        }
    }
#endif
