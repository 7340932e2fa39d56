#if CommandLine
    internal import ArgumentParser
    internal import ClusterFormation
    internal import Logging
    internal import ServiceLifecycle
    internal import UnixSignals

    /// What happens in a cluster, as it happens.
    struct WatchCommand: ToolCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch",
            abstract: "Shows who joins and leaves a cluster, and who is lost, until Ctrl-C.",
            discussion: """
                It observes: it listens, and announces nobody. Where announcements are sealed it needs the key. With --json \
                each line is one object: an event of the cluster's and, in "at", when it came.
                """
        )

        @OptionGroup var observing: ObserverOptions
        @OptionGroup var output: OutputOptions

        func perform(in surroundings: Surroundings) async throws -> ExitStatus {
            let watch = Watch(
                cluster: try self.observing.observer(in: surroundings),
                isJSON: self.output.json,
                surroundings: surroundings
            )
            let group = ServiceGroup(
                services: [watch],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "cluster-formation", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            try await group.run()
            return .done
        }
    }
#endif
