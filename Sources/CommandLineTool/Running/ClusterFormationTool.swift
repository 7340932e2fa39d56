#if CommandLine
    internal import ArgumentParser

    /// The tool as a whole.
    struct ClusterFormationTool: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cluster-formation",
            abstract: "Looks at clusters that form through PostgreSQL, and at what they form through.",
            discussion: """
                Options win over the environment: CLUSTER_NAME, CLUSTER_POSTGRES_CONNECTION, CLUSTER_POSTGRES_CHANNEL and \
                CLUSTER_KEY, the variables that nodes are configured with. What a connection string leaves out comes from \
                the PG* variables, as for psql.

                Exit codes: 0 done, or yes; 1 no; 2 the question could not be answered; 64 wrong usage.

                Completion scripts: cluster-formation --generate-completion-script bash (or zsh, or fish).
                """,
            version: "unreleased",
            subcommands: [
                DoctorCommand.self, MembersCommand.self, WatchCommand.self, WaitCommand.self, StatusCommand.self,
                KeyCommand.self,
            ]
        )
    }

    /// The door for the executable.
    package enum Tool {
        /// Reads the process's arguments, does what they say, and ends the process.
        package static func main() async {
            await ClusterFormationTool.main()
        }
    }
#endif
