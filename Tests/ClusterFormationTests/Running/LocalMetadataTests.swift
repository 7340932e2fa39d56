import ClusterFormation
import ClusterFormationTesting
import Testing

/// A node that says something else of itself while it runs.
@Suite(.timeLimit(.minutes(1)))
struct LocalMetadataTests {
    /// Remembers what it was told of the local node.
    private struct Listening: ClusterStrategy {
        let name = "listening"
        let heard = Observed<[[String: String]]>([])
        /// What it would not announce.
        var limit = 64

        func validate(clusterName: String, localNode: Node) throws {
            guard localNode.metadata.count <= self.limit else {
                throw ClusterError(code: .invalidConfiguration, message: "That is too much.")
            }
        }

        func run(in context: StrategyContext) async throws {
            var updates = context.localNodeUpdates.makeAsyncIterator()
            self.heard.update { $0.append(context.localNode.metadata) }
            while let node = await updates.next() { self.heard.update { $0.append(node.metadata) } }
        }
    }

    private func cluster(_ strategy: some ClusterStrategy, port: Int = 7337) throws -> Cluster {
        try Cluster(
            name: "orders",
            localNode: Node(host: "192.0.2.1", port: port, metadata: ["zone": "a"]),
            strategy: strategy,
            logger: silentLogger
        )
    }

    @Test func `strategies hear of it, the newest first of all`() async throws {
        let strategy = Listening()
        let cluster = try self.cluster(strategy)
        try await running(cluster) {
            try await strategy.heard.wait(within: .seconds(30)) {
                "the start, was \($0)"
            } until: {
                !$0.isEmpty
            }
            try cluster.update(metadata: ["zone": "b"])
            try await strategy.heard.wait(within: .seconds(30)) {
                "b, was \($0)"
            } until: {
                $0.last == ["zone": "b"]
            }
            for version in 1...100 { try cluster.update(metadata: ["version": "\(version)"]) }
            try await strategy.heard.wait(within: .seconds(30)) {
                "version 100, was \($0)"
            } until: {
                $0.last == ["version": "100"]
            }
        }
        #expect(strategy.heard.value.first == ["zone": "a"])
        #expect(cluster.localNode.metadata == ["version": "100"])
        #expect(cluster.status.localNode.metadata == ["version": "100"])
    }

    @Test func `what can't be announced is refused, and changes nothing`() throws {
        var strategy = Listening()
        strategy.limit = 1
        let cluster = try self.cluster(strategy)
        for metadata in [["a": "1", "b": "2"], ["a": "\n"], ["": "1"], ["a": String(repeating: "x", count: 1_025)]] {
            let error = #expect(throws: ClusterError.self) { try cluster.update(metadata: metadata) }
            #expect(error?.code == .invalidConfiguration)
        }
        #expect(cluster.localNode.metadata == ["zone": "a"])
    }

    @Test func `an observer of one host sees who is there, and leaves no file`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let node = try self.cluster(LocalStrategy(directory: directory.path("nodes")), port: 1)
        let observer = try Cluster(
            observing: "orders",
            strategies: [LocalStrategy(directory: directory.path("nodes"))],
            logger: silentLogger
        )
        try await running(observer) {
            try await running(node) {
                for await peers in observer.peers where peers == [node.localNode] { break }
                #expect(node.status.peers.isEmpty)
            }
            for await peers in observer.peers where peers.isEmpty { break }
        }
        #expect(node.status.peers.isEmpty)
    }

    @Test func `peers of one host see it, and its instance stays`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let one = try self.cluster(LocalStrategy(directory: directory.path("nodes")), port: 1)
        let other = try self.cluster(LocalStrategy(directory: directory.path("nodes")), port: 2)
        try await running(one) {
            try await running(other) {
                for await peers in other.peers where peers == [one.localNode] { break }
                let events = other.events
                var draining = one.localNode
                draining.isDraining = true
                try one.update(metadata: draining.metadata)
                for await peers in other.peers where peers == [draining] { break }
                loop: for await event in events {
                    switch event {
                    case .peerUpdated(let node):
                        #expect(node == draining)
                        break loop
                    case .peerForgotten, .peerReplaced: Issue.record("it was lost or replaced: \(event)")
                    default: continue
                    }
                }
                // The goodbye is still the file's that is there now.
            }
            for await peers in one.peers where peers.isEmpty { break }
        }
    }
}
