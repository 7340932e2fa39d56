#if Configuration
    public import ClusterFormation
    public import Configuration

    extension [any ClusterStrategy] {
        /// The strategies that a configuration chooses, to be given to a cluster, perhaps beside others.
        ///
        /// The key `strategy` names them, `postgres,static` for instance, and each has keys of its own, such as
        /// `postgres.connection`. With the key `fallback` it is one strategy, which has the other one to fall back to. The
        /// module's documentation lists the keys.
        /// - Parameter config: Where the keys are; scope it to what you put before them.
        /// - Throws: `ClusterError`, which names the key.
        public init(config: ConfigReader) async throws {
            self = try await KeyReader.reading(config) { try await StrategyCatalogue.strategies(by: $0) }
        }
    }
#endif
