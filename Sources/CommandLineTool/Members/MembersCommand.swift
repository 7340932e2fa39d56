#if CommandLine
    internal import ArgumentParser
    internal import ClusterAnnouncements
    internal import ClusterFormation
    internal import ClusterFormationPostgres

    /// Who is there now.
    struct MembersCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "members",
            abstract: "Lists who is in a cluster now, from the server's own view, without joining it.",
            discussion: """
                That needs no key. Tags are not the server's to show: they are heard on the channel, within --listen, and \
                where announcements are sealed only with the key.
                """
        )

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var cluster: ClusterOptions
        @OptionGroup var keys: KeyOptions
        @OptionGroup var output: OutputOptions

        @Option(
            help: ArgumentHelp(
                "How long to listen on the channel as well: each node is heard once per heartbeat. A filter by tag or by "
                    + "draining listens for 6s unless this says otherwise.",
                valueName: "time"
            )
        )
        var listen: TimeSpan?

        @Option(help: ArgumentHelp("Only members in this state; can be repeated.", valueName: "state"))
        var state: [Member.State] = []

        @Option(help: ArgumentHelp("Only members with this tag: key or key=value; can be repeated.", valueName: "tag"))
        var tag: [TagFilter] = []

        @Option(help: ArgumentHelp("How long one step may take.", valueName: "time"))
        var timeout = TimeSpan(.seconds(5))

        /// A heartbeat of a small cluster, and a little more.
        private static let listeningForTags: Duration = .seconds(6)

        private var listeningTime: Duration {
            if let listen { return listen.duration }
            let needsWords = !self.tag.isEmpty || self.state.contains(.draining) || self.state.contains(.announced)
            return needsWords ? Self.listeningForTags : .zero
        }

        func validate() throws {
            guard self.timeout.duration > .zero else { throw ValidationError("--timeout is zero; give some seconds.") }
        }

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            let cluster = try self.cluster.requiredName(in: surroundings)
            let listening = ChannelListening(
                cluster: cluster,
                channel: try self.cluster.channel(of: cluster, in: surroundings),
                keys: try self.keys.ring(in: surroundings),
                timeout: self.timeout.duration
            )
            let connection = self.database.connection(in: surroundings)
            let span = self.listeningTime
            let (view, tally) = try await ServerConnection.withConnection(connection, timeout: self.timeout.duration) {
                connection -> (ServerView, ChannelTally?) in
                var view = try await ServerView(of: connection, timeout: self.timeout.duration)
                guard !view.isStandby else {
                    throw NotifierError(
                        code: .standby,
                        message: "the server is a hot standby, and nodes are on its primary; name the primary, or all "
                            + "hosts and target_session_attrs=primary"
                    )
                }
                guard span > .zero else { return (view, nil) }
                let tally = try await listening.tally(on: connection, since: view, for: span)
                // Who came and went meanwhile.
                view = try await ServerView(of: connection, timeout: self.timeout.duration)
                return (view, tally)
            }
            let report = MemberReport(
                cluster: cluster,
                channel: listening.channel.description,
                members: MemberList(of: cluster, in: view, and: tally).filtered(states: self.state, tags: self.tag),
                view: view,
                tally: tally,
                span: span
            )
            if self.output.json {
                surroundings.print(try JSONText.line(report))
            } else {
                for line in report.lines(surroundings.style) { surroundings.print(line) }
            }
            return .done
        }
    }
#endif
