#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements

    /// Whether a connection string can carry a cluster.
    struct DoctorCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "doctor",
            abstract: "Finds out whether a connection string can carry a cluster, and what to do where it can't.",
            discussion: """
                It opens two sessions, as a node would, and sends some notifications on a channel of its own. With --cluster \
                it also listens to the cluster, without a word. Exit code 0 when a cluster works, 1 when it does not.
                """
        )

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var cluster: ClusterOptions
        @OptionGroup var keys: KeyOptions
        @OptionGroup var output: OutputOptions

        @Option(
            help: ArgumentHelp(
                "How long to listen to the cluster; each node is heard once per heartbeat.",
                valueName: "time"
            )
        )
        var listen = TimeSpan(.seconds(6))

        @Option(help: ArgumentHelp("How long one step may take.", valueName: "time"))
        var timeout = TimeSpan(.seconds(5))

        func validate() throws {
            guard (.milliseconds(10)...(.seconds(3_600))).contains(self.timeout.duration) else {
                throw ValidationError("Give a --timeout of 10ms to 1h.")
            }
        }

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            let keys = try self.keys.ring(in: surroundings)
            let cluster = try self.cluster.name(in: surroundings).map { name in
                ChannelListening(
                    cluster: name,
                    channel: try self.cluster.channel(of: name, in: surroundings),
                    keys: keys,
                    timeout: self.timeout.duration
                )
            }
            let examination = Examination(
                connection: self.database.connection(in: surroundings),
                cluster: cluster,
                span: self.listen.duration,
                timeout: self.timeout.duration
            )
            let diagnosis = await examination.run()
            if self.output.json {
                surroundings.print(try JSONText.line(diagnosis))
            } else {
                for line in diagnosis.lines(surroundings.style) { surroundings.print(line) }
            }
            return diagnosis.verdict == .unfit ? .no : .done
        }
    }
#endif
