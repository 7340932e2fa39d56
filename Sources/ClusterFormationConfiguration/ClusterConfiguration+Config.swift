#if Configuration
    public import ClusterFormation
    public import Configuration

    extension ClusterConfiguration {
        /// The options that a configuration has keys for, and the defaults of those that it does not have.
        ///
        /// The keys are called as the properties are: `connectTimeout`, `retryBackoff.initial`, in seconds where they are
        /// durations. The module's documentation lists them.
        /// - Parameter config: Where the keys are; scope it to what you put before them.
        /// - Throws: `ClusterError`, which names the key.
        public init(config: ConfigReader) async throws {
            self = try await KeyReader.reading(config) { try await OptionSettings.group.read(by: $0).made() }
        }
    }
#endif
