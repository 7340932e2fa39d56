import ClusterFormation
import ClusterFormationTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ClusterPeersTests {
    private let strategy = ToldStrategy()

    private func cluster() throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: 7337),
            strategy: self.strategy,
            logger: silentLogger
        )
    }

    @Test func `the list of now comes first, then each new one, sorted`() async throws {
        let cluster = try self.cluster()
        let (one, two) = (try peer(1), try peer(2))
        try await running(cluster) {
            var lists = cluster.peers.makeAsyncIterator()
            #expect(await lists.next() == [])
            self.strategy.tell { $0.found(two) }
            #expect(await lists.next() == [two])
            self.strategy.tell { $0.found(one) }
            #expect(await lists.next() == [one, two])
            self.strategy.tell { $0.lost(two, reason: .left) }
            #expect(await lists.next() == [one])
            // One that begins now sees the same.
            var others = cluster.peers.makeAsyncIterator()
            #expect(await others.next() == [one])
        }
    }

    @Test func `another instance or other metadata make another list, the same again does not`() async throws {
        let cluster = try self.cluster()
        let (one, next) = (try peer(1), try peer(1, life: 2))
        var saying = next
        saying.metadata = ["zone": "b"]
        try await running(cluster) { [saying] in
            var lists = cluster.peers.makeAsyncIterator()
            #expect(await lists.next() == [])
            self.strategy.tell { $0.found(one) }
            #expect(await lists.next() == [one])
            self.strategy.tell { discovery in
                discovery.found(one)
                discovery.found(next)
            }
            #expect(await lists.next() == [next])
            self.strategy.tell { $0.found(saying) }
            #expect(await lists.next() == [saying])
        }
    }

    @Test func `a slow consumer finds the newest list, and nothing was kept for it`() async throws {
        let cluster = try self.cluster()
        let peers = try (1...100).map { try peer($0) }
        try await running(cluster) {
            var lists = cluster.peers.makeAsyncIterator()
            #expect(await lists.next() == [])
            self.strategy.tell { discovery in for node in peers { discovery.found(node) } }
            try await cluster.waitForPeers(atLeast: 100, within: .seconds(30))
            #expect(await lists.next()?.count == 100)
        }
    }

    @Test func `every consumer's sequence ends with the cluster`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        try await withThrowingTaskGroup(of: [Node]?.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    var last: [Node]?
                    for await list in cluster.peers { last = list }
                    return last
                }
            }
            self.strategy.tell { $0.found(one) }
            try await running(cluster) { try await cluster.waitForPeers(atLeast: 1, within: .seconds(30)) }
            for try await last in group { #expect(last == [one]) }
        }
        // One that begins after the end sees what there was, and the end.
        var late = cluster.peers.makeAsyncIterator()
        #expect(await late.next() == [one])
        #expect(await late.next() == nil)
    }

    @Test func `a consumer that is cancelled is let go`() async throws {
        let cluster = try self.cluster()
        try await running(cluster) {
            await withTaskGroup(of: Int.self) { group in
                group.addTask {
                    var count = 0
                    for await _ in cluster.peers { count += 1 }
                    return count
                }
                group.cancelAll()
                for await count in group { #expect(count <= 1) }
            }
        }
    }

    @Test func `the nodes are the peers and this one`() async throws {
        let cluster = try self.cluster()
        let one = try peer(1)
        self.strategy.tell { $0.found(one) }
        try await running(cluster) {
            try await cluster.waitForPeers(atLeast: 1, within: .seconds(30))
            #expect(cluster.nodes == [one, cluster.localNode])
        }
    }
}
