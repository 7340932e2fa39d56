#if Multicast
    import ClusterAnnouncements
    import ClusterFormation
    import ClusterFormationTesting
    import Logging
    import Metrics
    import NIOCore
    import Synchronization

    @testable import ClusterFormationMulticast

    /// A node on this machine's network, in this process: a cluster with a short heartbeat, and all that it said.
    struct NetworkMember: Sendable {
        /// How long anything may take on a machine that is busy.
        static let patience: Duration = .seconds(40)

        /// Ports below those that the kernel gives away by itself, one after the other, so that tests do not meet.
        private static let nextPort = Atomic<Int>(Int.random(in: 20_000..<30_000))
        static func unusedPort() -> Int { self.nextPort.add(1, ordering: .relaxed).newValue }

        let cluster: Cluster
        let connector = RecordingConnector()
        let events = Observed<[ClusterEvent]>([])
        let rejections = Observed<[String: Int64]>([:])

        init(
            _ number: Int,
            port: Int,
            name: String = "network",
            sealing: MulticastSealing = .unsealed,
            heartbeat: Duration = .milliseconds(400),
            clockAhead: Duration = .zero,
            _ change: (inout MulticastConfiguration) -> Void = { _ in },
            listDevices: @escaping @Sendable () throws -> [NIONetworkDevice] = { try System.enumerateDevices() }
        ) throws {
            var configuration = MulticastConfiguration()
            configuration.port = port
            configuration.interfaceScanInterval = .milliseconds(200)
            configuration.announcements = AnnouncementConfiguration(heartbeatInterval: heartbeat)
            change(&configuration)
            let notifier = MulticastNotifier(
                configuration,
                wallClock: { WallClock.now.advanced(by: clockAhead) },
                listDevices: listDevices
            )
            self.cluster = try Cluster(
                name: name,
                localNode: Node(host: "198.51.100.\(number)", port: 7337),
                strategy: MulticastStrategy(sealing: sealing, configuration: configuration, notifier: notifier),
                connector: self.connector,
                logger: Logger(label: "network", factory: { _ in SwiftLogNoOpLogHandler() }),
                metricsFactory: RejectionCounts(counts: self.rejections)
            )
        }

        var condition: StrategyCondition { self.cluster.status.strategies[0].condition }

        /// Runs members while a body runs, and shuts them down after it.
        static func run(_ members: [NetworkMember], while body: () async throws -> Void) async throws {
            let streams = members.map(\.cluster.events)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (member, stream) in zip(members, streams) {
                    group.addTask { try await member.cluster.run() }
                    group.addTask {
                        for await event in stream { member.events.update { $0.append(event) } }
                    }
                }
                do {
                    try await body()
                } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }

        /// Waits until each of the members is linked with all others.
        static func waitUntilWhole(_ members: [NetworkMember]) async throws {
            for member in members {
                try await member.cluster.waitForPeers(atLeast: members.count - 1, within: self.patience)
            }
        }

        /// Waits for an event, from now on or already there.
        func wait(_ what: String, until isIt: @escaping @Sendable (ClusterEvent) -> Bool) async throws {
            try await self.events.wait(within: Self.patience) {
                "\(what); there were \($0)"
            } until: {
                $0.contains(where: isIt)
            }
        }

        func waitUntilCondition(_ state: StrategyCondition.State, _ code: String? = nil, since count: Int = 0)
            async throws
        {
            try await self.events.wait(within: Self.patience) {
                "\(state) \(code ?? ""); there were \($0)"
            } until: { events in
                events.dropFirst(count).contains {
                    guard case .strategyChanged(_, let condition) = $0 else { return false }
                    return condition.state == state && condition.code == code
                }
            }
        }

        /// Waits until so many messages were dropped for a reason.
        func waitUntilRejected(_ reason: String, atLeast count: Int64) async throws {
            try await self.rejections.wait(within: Self.patience) {
                "\(reason); there were \($0)"
            } until: {
                $0[reason, default: 0] >= count
            }
        }
    }

    /// Counts why messages were dropped, and nothing else.
    private struct RejectionCounts: MetricsFactory {
        let counts: Observed<[String: Int64]>

        func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
            let reason = dimensions.first { $0.0 == "reason" }?.1
            return Counting(counts: self.counts, reason: label.hasSuffix("rejected_total") ? reason : nil)
        }

        func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
            NOOPMetricsHandler.instance
        }

        func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
            NOOPMetricsHandler.instance
        }

        func destroyCounter(_ handler: any CounterHandler) {}
        func destroyRecorder(_ handler: any RecorderHandler) {}
        func destroyTimer(_ handler: any TimerHandler) {}

        private final class Counting: CounterHandler {
            let counts: Observed<[String: Int64]>
            let reason: String?

            init(counts: Observed<[String: Int64]>, reason: String?) {
                (self.counts, self.reason) = (counts, reason)
            }

            func increment(by amount: Int64) {
                guard let reason = self.reason else { return }
                self.counts.update { $0[reason, default: 0] += amount }
            }

            func reset() {}
        }
    }
#endif
