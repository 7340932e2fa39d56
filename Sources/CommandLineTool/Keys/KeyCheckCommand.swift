#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements
    internal import ClusterFormation

    /// Whether a key is one, and which.
    struct KeyCheckCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Looks whether a key is good, and tells its id without telling the key.",
            discussion: """
                The id stands in each sealed announcement (s1.<id>.…): nodes whose ids differ do not hear each other. It \
                depends on the cluster's name. Exit code 0 for a good key, 1 for a bad one or none.
                """
        )

        @OptionGroup var keys: KeyOptions
        @OptionGroup var cluster: ClusterOptions
        @OptionGroup var output: OutputOptions

        private struct Document: Encodable {
            var version = JSONText.version
            var isGood: Bool
            var message: String?
            var cluster: String?
            var id: String?

            enum CodingKeys: String, CodingKey {
                case version
                case isGood = "is_good"
                case message
                case cluster
                case id
            }
        }

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            let cluster = try self.cluster.name(in: surroundings)
            let document: Document
            do {
                let keys = try self.keys.keys(in: surroundings)
                guard let key = keys.first else {
                    throw ToolError(.usage, "no key is given; set CLUSTER_KEY, or give --key-environment or --key-file")
                }
                guard keys.count == 1 else {
                    throw ToolError(.usage, "\(keys.count) keys are given; check one at a time")
                }
                document = Document(isGood: true, cluster: cluster, id: cluster.map { key.id(inCluster: $0) })
            } catch let error as ClusterError {
                document = Document(isGood: false, message: error.message)
            }
            if self.output.json {
                surroundings.print(try JSONText.line(document))
            } else if let message = document.message {
                surroundings.complain("error: \(message)")
            } else if let cluster, let id = document.id {
                surroundings.print("The key is good. In the cluster \(PlainText.line(cluster)) its id is \(id).")
            } else {
                surroundings.print("The key is good. Give --cluster for its id in that cluster.")
            }
            return document.isGood ? .done : .no
        }
    }
#endif
