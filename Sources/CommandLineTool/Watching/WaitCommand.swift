#if CommandLine
    internal import ArgumentParser
    internal import ClusterFormation

    /// Waits until a cluster is there.
    struct WaitCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "wait",
            abstract: "Waits until a cluster has so many nodes; for scripts and init containers.",
            discussion: """
                It observes: it listens, and announces nobody. A database that is away is waited for, too. Exit code 0 when \
                they are there, 1 when the time is up.
                """
        )

        @OptionGroup var observing: ObserverOptions

        @Option(help: ArgumentHelp("How many nodes.", valueName: "count"))
        var peers: Int

        @Option(help: ArgumentHelp("How long to wait at most.", valueName: "time"))
        var timeout = TimeSpan(.seconds(60))

        func validate() throws {
            guard (1...1_000_000).contains(self.peers) else { throw ValidationError("Give --peers of at least 1.") }
        }

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            let cluster = try self.observing.observer(in: surroundings)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                // The observer closes its session.
                defer { group.cancelAll() }
                do {
                    try await cluster.waitForPeers(atLeast: self.peers, within: self.timeout.duration)
                    return .done
                } catch let error as ClusterError where error.code == .timeout {
                    surroundings.complain("error: \(PlainText.line(error.message))")
                    return .no
                }
            }
        }
    }
#endif
