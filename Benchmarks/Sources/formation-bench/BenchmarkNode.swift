internal import ClusterAnnouncements
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import ClusterFormationTesting
internal import Logging

/// A node with a connection of its own and links that are up as soon as they are asked for.
struct BenchmarkNode: Sendable {
    let cluster: Cluster
    let endpoint: Endpoint
    /// When the session was open and LISTEN confirmed.
    let listening = FirstMoment()

    init(
        number: Int,
        connection: String,
        configuration: PostgresNotifyStrategy.Configuration = .init(),
        log: SessionLog? = nil
    ) throws {
        self.endpoint = try Endpoint(host: "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)", port: 7337)
        let base = try PostgresNotifier(connection: connection)
        let notifier = TimedNotifier(base: base, opened: self.listening, log: log)
        self.cluster = try Cluster(
            name: "benchmark",
            localNode: Node(endpoint: self.endpoint),
            strategy: PostgresNotifyStrategy(notifier: notifier, configuration: configuration),
            connector: ClosureConnector(connect: { _, _ in }, disconnect: { _, _ in }),
            logger: Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// A node on any strategy, which notes no session's opening.
    init(number: Int, strategy: some ClusterStrategy) throws {
        self.endpoint = try Endpoint(host: "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)", port: 7337)
        self.cluster = try Cluster(
            name: "benchmark",
            localNode: Node(endpoint: self.endpoint),
            strategy: strategy,
            connector: ClosureConnector(connect: { _, _ in }, disconnect: { _, _ in }),
            logger: Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }

    /// When the given number of peers is known here.
    static func wait(forPeers count: Int, in events: ClusterEvents, of cluster: Cluster) async
        -> ContinuousClock.Instant
    {
        if cluster.status.peers.count >= count { return .now }
        for await event in events {
            guard case .peerDiscovered = event else { continue }
            if cluster.status.peers.count >= count { break }
        }
        return .now
    }

    /// When one peer is known here.
    static func wait(for endpoint: Endpoint, in events: ClusterEvents) async -> ContinuousClock.Instant {
        for await event in events {
            if case .peerDiscovered(let node) = event, node.endpoint == endpoint { break }
        }
        return .now
    }
}

/// A moment that one task notes and another one reads later.
actor FirstMoment {
    private(set) var value: ContinuousClock.Instant?

    func note() {
        if self.value == nil { self.value = .now }
    }
}

/// The real notifier, and notes of when it listened.
struct TimedNotifier: Notifier {
    var medium: Medium { self.base.medium }

    let base: PostgresNotifier
    let opened: FirstMoment
    let log: SessionLog?

    func openSession(_ request: NotifierSessionRequest) async throws -> PostgresNotifier.Session {
        self.log?.noteAttempt()
        let session = try await self.base.openSession(request)
        self.log?.noteOpening()
        await self.opened.note()
        return session
    }
}
