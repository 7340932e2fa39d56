import ClusterFormation
import ClusterFormationTesting
import Metrics
import MetricsTestKit
import Testing

/// A cluster without a connector.
@Suite(.timeLimit(.minutes(1)))
struct DiscoveryOnlyTests {
    private let strategy = ToldStrategy()

    private func cluster(
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        _ configure: (inout ClusterConfiguration) -> Void = { _ in }
    ) throws -> Cluster {
        var configuration = ClusterConfiguration()
        configure(&configuration)
        return try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: self.strategy,
            configuration: configuration,
            logger: silentLogger,
            metricsFactory: metrics
        )
    }

    @Test func `known peers count, and no link is claimed`() async throws {
        let cluster = try self.cluster()
        let events = cluster.events
        let peers = [try peer(1), try peer(2)]
        self.strategy.tell { $0.replaceAll(with: peers) }
        try await running(cluster) {
            try await cluster.waitForPeers(atLeast: 2, within: .seconds(30))
            let readiness = cluster.readiness(minimumPeers: 2)
            #expect(readiness.isReady && readiness.reasons.isEmpty)
            #expect(cluster.status.peers.map(\.link) == [.notWanted, .notWanted])
            #expect(cluster.status.connectedPeers.isEmpty)
            #expect(!cluster.status.linksPeers)
        }
        for await event in events {
            switch event {
            case .peerConnected, .peerDisconnected, .connectFailed, .connectRefused:
                Issue.record("there are no links: \(event)")
            default: break
            }
        }
    }

    @Test func `too few known peers are named as such`() async throws {
        let cluster = try self.cluster()
        self.strategy.tell { $0.replaceAll(with: []) }
        let events = cluster.events
        try await running(cluster) {
            for await event in events { if case .strategyChanged(_, .active) = event { break } }
            let readiness = cluster.readiness(minimumPeers: 1, graceTime: .seconds(3_600))
            #expect(!readiness.isReady && readiness.reasons == ["0 of at least 1 peers are known."])
            let error = await #expect(throws: ClusterError.self) {
                try await cluster.waitForPeers(atLeast: 1, within: .milliseconds(1))
            }
            #expect(error?.message.hasPrefix("0 of 1 peers are known after") == true)
        }
    }

    @Test func `a peer that nobody vouches for is forgotten, whatever the departure policy`() async throws {
        let cluster = try self.cluster { $0.departurePolicy = .keepWhileLinked }
        let one = try peer(1)
        self.strategy.tell { $0.found(one) }
        try await running(cluster) {
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(30))
            var events = cluster.events.makeAsyncIterator()
            self.strategy.tell { $0.lost(one, reason: .expired) }
            #expect(await events.next() == .peerForgotten(one, .expired))
            #expect(cluster.status.peers.isEmpty)
        }
    }

    @Test func `no metric tells of links`() async throws {
        let metrics = TestMetrics()
        let cluster = try self.cluster(metrics: metrics)
        self.strategy.tell { $0.replaceAll(with: []) }
        let events = cluster.events
        try await running(cluster) {
            for await event in events { if case .strategyChanged(_, .active) = event { break } }
        }
        let labels = Set(metrics.counters.map(\.label) + metrics.recorders.map(\.label) + metrics.timers.map(\.label))
        #expect(labels.contains("cluster_peers_known"))
        #expect(labels.filter { $0.contains("connect") }.isEmpty)
    }

    @Test func `a full table keeps those that it has, but for hearsay`() async throws {
        let cluster = try self.cluster { $0.maximumPeers = 2 }
        let (heard, found, more, last) = (try peer(1), try peer(2), try peer(3), try peer(4))
        let isTold = Observed(false)
        self.strategy.tell { discovery in
            discovery.heardOf(heard)
            discovery.found(found)
            discovery.found(more)
            discovery.found(last)
            isTold.update { $0 = true }
        }
        try await running(cluster) {
            try await isTold.wait { $0 }
            for await peers in cluster.peers where peers == [found, more] { break }
        }
        #expect(cluster.status.refusedPeers == 1)
    }

    @Test func `addresses that are not allowed are known, not listed and not counted`() async throws {
        let cluster = try self.cluster { configuration in
            configuration.allowedEndpoints = .matching { $0.port != 7_000 }
        }
        let listed = try Node(host: "10.0.0.9", port: 7_001)
        let other = try peer(1)
        self.strategy.tell { discovery in
            discovery.found(other)
            discovery.found(listed)
        }
        try await running(cluster) {
            for await peers in cluster.peers where !peers.isEmpty {
                #expect(peers == [listed])
                break
            }
            #expect(cluster.status.peers.map(\.link) == [.notAllowed, .notWanted])
            #expect(cluster.readiness(minimumPeers: 2, graceTime: .seconds(3_600)).isReady == false)
        }
    }
}
