#if GRPC
    import ClusterFormation
    import ClusterFormationTesting
    import Dispatch
    import GRPCCore
    import GRPCNIOTransportHTTP2
    import Testing

    @testable import ClusterFormationGRPC

    @Suite(.timeLimit(.minutes(2)))
    struct ServerResolutionsTests {
        private let clock = ManualClock()
        private let strategy = ToldStrategy()
        private let given = Observed<[[GRPCNIOTransportHTTP2.Endpoint]]>([])

        /// Takes lists from a resolver while the body runs; cancelled then, it must end with `CancellationError`.
        private func resolving(
            _ change: (inout ClusterTarget) -> Void = { _ in },
            while body: @escaping @Sendable () async throws -> Void
        ) async throws {
            let cluster = try cluster(of: self.strategy)
            var target = try ClusterTarget(cluster)
            target.clock = self.clock
            change(&target)
            let names = ClusterResolver().resolver(for: target).names
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await cluster.run() }
                try await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask {
                        await #expect(throws: CancellationError.self) {
                            for try await list in names { self.given.update { $0.append(list.endpoints) } }
                            Issue.record("the lists have ended")
                        }
                    }
                    try await body()
                    inner.cancelAll()
                    try await inner.waitForAll()
                }
                group.cancelAll()
            }
        }

        private func wait(for count: Int) async throws {
            try await self.given.wait(
                within: .seconds(60),
                for: { "\($0.count) lists of \(count)" },
                until: { $0.count >= count }
            )
        }

        private func addresses(_ hosts: String..., port: Int) -> GRPCNIOTransportHTTP2.Endpoint {
            .init(addresses: hosts.map { $0.contains(":") ? .ipv6(host: $0, port: port) : .ipv4(host: $0, port: port) })
        }

        @Test func `lists come with the peers, and each is repeated`() async throws {
            try await self.resolving {
                let (one, two) = (try node(7001), try node(7002, host: "2001:db8::2"))
                self.strategy.tell { $0.found(one) }
                try await self.wait(for: 1)
                self.strategy.tell { $0.found(two) }
                try await self.wait(for: 2)
                try await self.clock.waitForSleepers(count: 1)
                self.clock.advance(by: .seconds(1))
                try await self.wait(for: 3)
                let both = [self.addresses("127.0.0.1", port: 7001), self.addresses("2001:db8::2", port: 7002)]
                #expect(self.given.value == [[both[0]], both, both])
            }
        }

        @Test func `names are asked on threads of their own, and a slow one keeps nobody waiting`() async throws {
            let gate = DispatchSemaphore(value: 0)
            try await self.resolving { target in
                target.lookUp = { name in
                    // Blocks a thread, as a name server does that does not answer.
                    if name == "slow" { gate.wait() }
                    return ["10.0.0.1", "2001:db8::1"]
                }
            } while: {
                let nodes = [try node(7001, host: "fast"), try node(7002, host: "slow")]
                self.strategy.tell { $0.replaceAll(with: nodes) }
                try await self.wait(for: 1)
                gate.signal()
                try await self.wait(for: 2)
                let fast = self.addresses("10.0.0.1", "2001:db8::1", port: 7001)
                #expect(self.given.value == [[fast], [fast, self.addresses("10.0.0.1", "2001:db8::1", port: 7002)]])
            }
        }

        @Test func `the lists end when the cluster has stopped`() async throws {
            let cluster = try cluster(of: self.strategy)
            let names = ClusterResolver().resolver(for: try ClusterTarget(cluster)).names
            let one = try node(7001)
            self.strategy.tell { $0.found(one) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    var count = 0
                    for try await list in names {
                        count += 1
                        self.given.update { $0.append(list.endpoints) }
                    }
                    return count
                }
                try await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await cluster.run() }
                    try await self.wait(for: 1)
                    inner.cancelAll()
                }
                for try await count in group { #expect(count >= 1) }
            }
        }
    }
#endif
