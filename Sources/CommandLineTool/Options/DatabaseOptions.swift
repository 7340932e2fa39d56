#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements
    internal import ClusterFormationPostgres
    internal import LibPQ

    /// Which PostgreSQL.
    struct DatabaseOptions: ParsableArguments {
        @Option(
            name: [.customShort("d"), .long],
            help: ArgumentHelp(
                "How to reach PostgreSQL: a URI, key=value pairs, a service.",
                discussion: """
                    Without it CLUSTER_POSTGRES_CONNECTION counts, and without that the PG* variables alone. Whoever may list \
                    this machine's processes reads what stands here: leave a password to PGPASSWORD, to ~/.pgpass or to \
                    CLUSTER_POSTGRES_CONNECTION.
                    """,
                valueName: "connection"
            )
        )
        var database: String?

        /// The connection string, which may be empty.
        func connection(in surroundings: Surroundings) -> String {
            self.database ?? surroundings.environment["CLUSTER_POSTGRES_CONNECTION"] ?? ""
        }
    }
#endif
