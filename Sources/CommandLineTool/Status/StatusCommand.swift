#if CommandLine
    internal import ArgumentParser
    internal import ClusterFormation
    internal import Foundation

    /// What one node says of its cluster.
    struct StatusCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Reads the status of one node, as JSON over HTTP, and shows it.",
            discussion: "The node must serve it, as ClusterFormationHummingbird does."
        )

        @Argument(help: ArgumentHelp("Where the node serves its status.", valueName: "url"))
        var url: String

        @Option(help: ArgumentHelp("How long it may take.", valueName: "time"))
        var timeout = TimeSpan(.seconds(10))

        @OptionGroup var output: OutputOptions

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            guard let url = URL(string: self.url), ["http", "https"].contains(url.scheme?.lowercased()),
                url.host?.isEmpty == false
            else { throw ToolError(.usage, "a URL begins with http:// or https:// and a host") }
            let status = try Self.read(await BoundedFetch.document(at: url, within: self.timeout.duration))
            if self.output.json {
                surroundings.print(try JSONText.line(status))
            } else {
                for line in StatusReport(status: status).lines(surroundings.style) { surroundings.print(line) }
            }
            return .done
        }

        static func read(_ document: Data) throws -> ClusterStatus {
            do {
                return try JSONDecoder().decode(ClusterStatus.self, from: document)
            } catch let error as DecodingError {
                throw ToolError(
                    .failed,
                    "the answer is no status of a cluster, which is mostly at …/cluster/status: \(Self.words(for: error))"
                )
            }
        }

        private static func words(for error: DecodingError) -> String {
            switch error {
            case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
                context.debugDescription
            case .keyNotFound(let key, _): "it has no field \(key.stringValue)"
            @unknown default: "it can't be read"
            }
        }
    }
#endif
