#if Configuration
    public import ClusterFormation
    public import Configuration

    extension Node {
        /// A node whose host, port and metadata are keys of a configuration.
        ///
        /// The keys are `host`, `port` and `metadata`, a list such as `zone=eu-1a,version=12`; the first two are required.
        /// - Parameter config: Where the keys are; scope it to what you put before them.
        /// - Throws: `ClusterError`, which names the key.
        public init(config: ConfigReader) async throws {
            self = try await KeyReader.reading(config) { try await NodeSettings.group.read(by: $0).node() }
        }
    }
#endif
