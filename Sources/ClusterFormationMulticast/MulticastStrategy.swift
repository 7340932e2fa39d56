#if Multicast
    public import ClusterFormation
    internal import ClusterAnnouncements

    /// Finds peers on a local network, with no server at all: each node announces its own address to a multicast group, or
    /// by broadcast, and listens to the others'.
    ///
    /// ```swift
    /// try MulticastStrategy(sealing: .key(ClusterKey(environment: "CLUSTER_KEY")))
    /// ```
    ///
    /// Several nodes of one machine, and several clusters of one network, share the port and do not meet.
    ///
    /// How it fails: where the network carries no multicast, as in most clouds and overlay networks, a node finds those of
    /// its own machine alone. When all other machines fall silent at once, nobody is given up, and the strategy is impaired
    /// with the code `isolated`. Without an interface it is impaired with `unreachable`, and tries again for as long as the
    /// service runs.
    public struct MulticastStrategy: ClusterStrategy {
        /// The options; each has a default.
        public typealias Configuration = MulticastConfiguration

        /// The strategy's name in logs, status and metrics: `multicast`, also where it is by broadcast.
        public var name: String { self.announcements.name }

        private let announcements: AnnouncementStrategy

        /// Finds peers on the local network.
        ///
        /// - Parameters:
        ///   - sealing: The key that all nodes of the cluster have; or, said by name, none.
        ///   - configuration: Everything else.
        /// - Throws: `ClusterError` when an option can't work.
        public init(sealing: MulticastSealing, configuration: Configuration = .init()) throws {
            try configuration.validate()
            try self.init(sealing: sealing, configuration: configuration, notifier: MulticastNotifier(configuration))
        }

        init(sealing: MulticastSealing, configuration: Configuration, notifier: MulticastNotifier) throws {
            self.announcements = try AnnouncementStrategy(
                name: "multicast",
                notifier: notifier,
                configuration: AnnouncementStrategy.Configuration(
                    keys: sealing.keys,
                    announcements: configuration.announcements,
                    farewellTimeout: configuration.farewellTimeout
                )
            )
        }

        /// Refuses a node whose announcement does not fit into a datagram.
        public func validate(clusterName: String, localNode: Node) throws {
            try self.announcements.validate(clusterName: clusterName, localNode: localNode)
        }

        /// Announces the local node and reports its peers until the task is cancelled; then says goodbye.
        public func run(in context: StrategyContext) async throws {
            try await self.announcements.run(in: context)
        }
    }
#endif
