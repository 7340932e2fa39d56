internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterAnnouncements
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import PostgresTesting

/// A late joiner, and all at once.
struct Join: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how fast a newcomer is known and knows everybody."
    )

    @Option(help: "How many late joiners to measure at each size.")
    var joins = 30

    @Option(help: "How often all nodes start at once, at each size.")
    var starts = 20

    @Option(parsing: .upToNextOption, help: "The sizes of the cluster that is joined.")
    var sizes = [5, 10, 20]

    func run() async throws {
        var configuration = TemporaryPostgres.Configuration()
        configuration.maxConnections = (self.sizes.max() ?? 0) * 2 + 50
        try await TemporaryPostgres.withServer(configuration) { server in
            for size in self.sizes { try await self.measureLateJoiners(size, server.connectionString()) }
            for size in self.sizes { try await self.measureAllAtOnce(size, server.connectionString()) }
        }
    }

    private func measureLateJoiners(_ size: Int, _ connection: String) async throws {
        let members = try (0..<size).map { try BenchmarkNode(number: $0 + 1, connection: connection) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.cluster.run() } }
            for member in members { try await member.cluster.waitForPeers(atLeast: size - 1, within: .seconds(60)) }
            // A late joiner comes to a cluster at rest: its own start is over, and so is what it answered before.
            try await Task.sleep(for: .seconds(1))
            let bare = try await Self.bareRoundTrips(connection)
            var fromListening: [Double] = []
            var fromStart: [Double] = []
            for number in 0..<self.joins {
                let (start, listening, known) = try await Self.join(
                    BenchmarkNode(number: 1_000 + number, connection: connection),
                    members
                )
                fromListening.append(listening.duration(to: known).milliseconds)
                fromStart.append(start.duration(to: known).milliseconds)
                try await Task.sleep(for: .milliseconds(200))
            }
            let (listening, start) = (Statistics(fromListening), Statistics(fromStart))
            print(
                """
                Late joiner to \(size) nodes, until all know it and it knows all; \(self.joins) joins
                  bare NOTIFY round trip: median \(bare.median.rounded(to: 2)) ms
                  from LISTEN confirmed:  median \(listening.median.rounded(to: 2)) ms, worst \
                \(listening.maximum.rounded(to: 2)) ms, \((listening.median / bare.median).rounded(to: 1)) round trips
                  from the node's start:  median \(start.median.rounded(to: 2)) ms, worst \(start.maximum.rounded(to: 2)) ms
                """
            )
            group.cancelAll()
        }
    }

    /// One newcomer comes, is known by everybody and knows everybody, and goes again.
    private static func join(
        _ newcomer: BenchmarkNode,
        _ members: [BenchmarkNode]
    ) async throws -> (
        start: ContinuousClock.Instant, listening: ContinuousClock.Instant, known: ContinuousClock.Instant
    ) {
        let memberEvents = members.map(\.cluster.events)
        let leaveEvents = members.map(\.cluster.events)
        let events = newcomer.cluster.events
        let start = ContinuousClock.now
        let known = await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await newcomer.cluster.run() }
            let last = await withTaskGroup(of: ContinuousClock.Instant.self) { waits in
                waits.addTask {
                    await BenchmarkNode.wait(forPeers: members.count, in: events, of: newcomer.cluster)
                }
                for events in memberEvents {
                    waits.addTask { await BenchmarkNode.wait(for: newcomer.endpoint, in: events) }
                }
                var last = start
                for await moment in waits { last = max(last, moment) }
                return last
            }
            group.cancelAll()
            return last
        }
        // The next one comes to a cluster that is at rest.
        for events in leaveEvents {
            for await event in events {
                if case .peerForgotten(let node, _) = event, node.endpoint == newcomer.endpoint { break }
            }
        }
        guard let listening = await newcomer.listening.value else { throw ExitCode.failure }
        return (start, listening, known)
    }

    private func measureAllAtOnce(_ size: Int, _ connection: String) async throws {
        var times: [Double] = []
        var fromListening: [Double] = []
        for _ in 0..<self.starts {
            let nodes = try (0..<size).map { try BenchmarkNode(number: $0 + 1, connection: connection) }
            let events = nodes.map(\.cluster.events)
            let start = ContinuousClock.now
            await withThrowingTaskGroup(of: Void.self) { group in
                for node in nodes { group.addTask { try await node.cluster.run() } }
                let last = await withTaskGroup(of: ContinuousClock.Instant.self) { waits in
                    for (node, events) in zip(nodes, events) {
                        waits.addTask { await BenchmarkNode.wait(forPeers: size - 1, in: events, of: node.cluster) }
                    }
                    var last = start
                    for await moment in waits { last = max(last, moment) }
                    return last
                }
                times.append(start.duration(to: last).milliseconds)
                var listening = start
                for node in nodes { if let moment = await node.listening.value { listening = max(listening, moment) } }
                fromListening.append(listening.duration(to: last).milliseconds)
                group.cancelAll()
            }
        }
        let (start, listening) = (Statistics(times), Statistics(fromListening))
        print(
            """
            \(size) nodes started at once, until all know all; \(times.count) starts
              from the last LISTEN:   median \(listening.median.rounded(to: 1)) ms, \(listening.minimum.rounded(to: 1)) to \
            \(listening.maximum.rounded(to: 1)) ms
              from the start:         median \(start.median.rounded(to: 0)) ms, \(start.minimum.rounded(to: 0)) to \
            \(start.maximum.rounded(to: 0)) ms
            """
        )
    }

    /// A notification to oneself, on the same server, with the members listening beside it.
    private static func bareRoundTrips(_ connection: String) async throws -> Statistics {
        let session = try await PostgresNotifier(connection: connection).openSession(
            NotifierSessionRequest(
                channel: "bare",
                applicationName: "bare",
                presence: .init(cluster: 0, instance: 0)
            )
        )
        var times: [Double] = []
        var iterator = session.notifications.makeAsyncIterator()
        for index in 0..<200 {
            let start = ContinuousClock.now
            _ = try await session.notify("\(index)")
            _ = try await iterator.next()
            times.append(start.duration(to: .now).milliseconds)
        }
        await session.close(farewell: nil, within: .seconds(1))
        return Statistics(times)
    }
}

extension Duration {
    var milliseconds: Double { self / .milliseconds(1) }
}
