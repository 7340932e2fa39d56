#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import ClusterFormationPostgres
    internal import Logging

    /// What an observer of a cluster needs.
    struct ObserverOptions: ParsableArguments {
        @OptionGroup var database: DatabaseOptions
        @OptionGroup var cluster: ClusterOptions
        @OptionGroup var keys: KeyOptions

        /// An observer, which nobody in the cluster knows of.
        func observer(in surroundings: Surroundings) throws -> Cluster {
            var configuration = PostgresNotifyStrategy.Configuration()
            configuration.keys = try self.keys.ring(in: surroundings)
            let name = try self.cluster.requiredName(in: surroundings)
            let strategy = try PostgresNotifyStrategy(
                connection: self.database.connection(in: surroundings),
                channel: self.cluster.channel(of: name, in: surroundings).description,
                configuration: configuration
            )
            // What is wrong is told by the commands themselves.
            return try Cluster(
                observing: name,
                strategies: [strategy],
                logger: Logger(label: "cluster-formation", factory: { _ in SwiftLogNoOpLogHandler() })
            )
        }
    }
#endif
