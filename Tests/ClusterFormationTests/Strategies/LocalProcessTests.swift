import ClusterFormationTesting
import LocalFiles
import Logging
import Metrics
import TestTraits
import Testing

@testable import ClusterFormation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Nodes in processes of their own, which are killed, or say goodbye.
@Suite(.serialized, .blocking, .timeLimit(.minutes(3))) struct LocalProcessTests {
    /// When a process was seen to come and to go, in nanoseconds of the clock that all processes share.
    private struct Seen: Sendable {
        var node: Node
        var foundAt: UInt64
        var lostAt: UInt64?
        var reason: LossReason?

        /// What a process says of itself.
        var pid: pid_t { self.node.metadata["pid"].flatMap { pid_t($0) } ?? 0 }
        var startedAt: UInt64 { self.node.metadata["start"].flatMap { UInt64($0) } ?? 0 }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The directory of a test, which its processes know by that of their parent's.
    private static func directory(of parent: pid_t) -> String { "/tmp/cluster-formation-processes-\(parent)" }

    /// Which test a cluster is of, since a directory has one for each.
    private static func context(
        _ cluster: String,
        _ node: Node,
        _ sink: @escaping @Sendable (Discovery.Evidence) -> Void
    ) -> StrategyContext {
        StrategyContext(
            clusterName: cluster,
            localNode: node,
            discovery: Discovery(sink),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metricsFactory: NOOPMetricsHandler.instance,
            clock: ClusterClock(ContinuousClock())
        )
    }

    /// What a process does: it is a node until somebody says that it is to go.
    private static func live(in cluster: String) async throws {
        let pid = getpid()
        var node = try Node(host: "127.0.0.1", port: 20_000 + Int(pid) % 40_000)
        node.instance = .random()
        let strategy = try LocalStrategy(directory: Self.directory(of: getppid()))
        let isToldToGo = Observed(false)
        node.metadata = ["pid": "\(pid)", "start": "\(Self.now())"]
        let context = Self.context(cluster, node) { evidence in
            guard case .found(let peer) = evidence, peer.metadata["say"] == "go" else { return }
            isToldToGo.update { $0 = true }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await strategy.run(in: context) }
            try await isToldToGo.wait(within: .seconds(120)) { _ in
                "the word to go"
            } until: {
                $0
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Watches processes come and go, until the body is done.
    private func watching<Result: Sendable>(
        _ cluster: String,
        _ body: @Sendable (Observed<[Endpoint: Seen]>) async throws -> Result
    ) async throws -> Result {
        defer { TemporaryDirectory.remove(at: Self.directory(of: getpid())) }
        let seen = Observed<[Endpoint: Seen]>([:])
        var node = try Node(host: "127.0.0.1", port: 10_000)
        node.instance = .random()
        let context = Self.context(cluster, node) { evidence in
            switch evidence {
            case .found(let node), .heardOf(let node):
                seen.update { $0[node.endpoint] = Seen(node: node, foundAt: Self.now()) }
            case .lost(let node, let reason):
                seen.update {
                    $0[node.endpoint]?.lostAt = Self.now()
                    $0[node.endpoint]?.reason = reason
                }
            case .replaceAll, .conflict, .condition: break
            }
        }
        let strategy = try LocalStrategy(directory: Self.directory(of: getpid()))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await strategy.run(in: context) }
            let result = try await body(seen)
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    private static func median(_ values: [UInt64]) -> Duration {
        .nanoseconds(Int64(values.sorted()[values.count / 2]))
    }

    /// With how many processes to measure besides, and tell: `CLUSTER_FORMATION_TELL=50`.
    private static let toldCount = EnvironmentVariable.value(of: "CLUSTER_FORMATION_TELL").flatMap { Int($0) }

    private static func tell(_ what: String, _ values: [UInt64]) {
        guard self.toldCount != nil else { return }
        print("\(what): median \(Self.median(values)), worst \(Duration.nanoseconds(Int64(values.max() ?? 0)))")
    }

    private static func wait(
        _ seen: Observed<[Endpoint: Seen]>,
        for what: String,
        until isSatisfied: @escaping @Sendable ([Seen]) -> Bool
    ) async throws {
        try await seen.wait(within: .seconds(120)) { seen in
            "\(what); seen were \(seen.values)"
        } until: {
            isSatisfied(Array($0.values))
        }
    }

    @Test(
        "Processes that are killed are missed, each for its session's end",
        arguments: [1, 9] + (toldCount.map { [$0 - 1] } ?? [])
    )
    func killed(count: Int) async throws {
        try await self.watching("kill") { seen in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        // Where the process would end by itself, the test has failed.
                        await #expect(processExitsWith: .signal(SIGKILL)) { try await Self.live(in: "kill") }
                    }
                }
                try await Self.wait(seen, for: "all") { $0.count == count }
                let processes = Array(seen.value.values)
                let formation = processes.map { $0.foundAt - $0.startedAt }
                Self.tell("\(count + 1) processes, from a start until it is seen", formation)
                var delays: [UInt64] = []
                for process in processes {
                    let killedAt = Self.now()
                    #expect(systemKill(process.pid, SIGKILL) == 0)
                    try await Self.wait(seen, for: "the loss") { all in
                        all.contains { $0.pid == process.pid && $0.lostAt != nil }
                    }
                    let after = try #require(seen.value[process.node.endpoint])
                    #expect(after.reason == .sessionEnded)
                    delays.append((after.lostAt ?? 0) - killedAt)
                }
                Self.tell("\(count + 1) processes, from kill -9 until it is seen", delays)
                try await group.waitForAll()
            }
        }
    }

    @Test("Processes that say goodbye are missed at once, as ones that left")
    func goodbye() async throws {
        try await self.watching("goodbye") { seen in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        await #expect(processExitsWith: .success) { try await Self.live(in: "goodbye") }
                    }
                }
                try await Self.wait(seen, for: "all") { $0.count == 3 }
                var node = try Node(host: "127.0.0.1", port: 10_001, metadata: ["say": "go"])
                node.instance = .random()
                let context = Self.context("goodbye", node) { _ in }
                let strategy = try LocalStrategy(directory: Self.directory(of: getpid()))
                let toldAt = Self.now()
                let telling = Task { try await strategy.run(in: context) }
                defer { telling.cancel() }
                try await Self.wait(seen, for: "the goodbyes") { all in all.count { $0.lostAt != nil } >= 3 }
                let left = seen.value.values.filter { $0.node.metadata["pid"] != nil }
                #expect(left.count == 3)
                for process in left { #expect(process.reason == .left) }
                let goodbyes = left.map { ($0.lostAt ?? 0) - toldAt }
                Self.tell("From the word to go until the goodbye is seen", goodbyes)
                try await group.waitForAll()
            }
        }
    }
}

// A method above has the name of this.
private func systemKill(_ pid: pid_t, _ signal: Int32) -> Int32 { kill(pid, signal) }
