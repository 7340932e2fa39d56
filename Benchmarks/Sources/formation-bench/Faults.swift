internal import ArgumentParser
internal import BenchmarkSupport
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import Foundation
internal import PostgresTesting

/// How long a fault goes unnoticed, and how long after its end all is well, at the default heartbeat.
struct Faults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how soon a fault of PostgreSQL is noticed, and how soon the cluster is well after it."
    )

    @Option(help: "How many nodes.")
    var nodes = 5

    func run() async throws {
        print("\(self.nodes) nodes at the default heartbeat of 5 s; every link is kept throughout")
        try await self.withServer { server, nodes in
            try await self.measure("every session terminated", nodes) {
                try await server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '% benchmark'"
                )
            }
        }
        try await self.withServer { server, nodes in
            try await self.measure("restart, fast", nodes) {
                try await server.stop(mode: .fast)
            } repair: {
                try await server.start()
            }
        }
        try await self.withServer { server, nodes in
            try await self.measure("crash (immediate stop)", nodes) {
                try await server.stop(mode: .immediate)
            } repair: {
                try await server.start()
            }
        }
        try await self.withServer { server, nodes in
            try await self.measure("server frozen (SIGSTOP)", nodes) {
                try await server.freeze()
            } repair: {
                try server.thaw()
            }
        }
        try await TemporaryPostgres.withServer { server in
            try await FaultProxy.withProxy(to: server) { proxy in
                try await self.withNodes(server.connectionString(throughPort: proxy.port)) { nodes in
                    try await self.measure("connection half open, both ways", nodes) {
                        proxy.setFaults {
                            $0.swallowsClientToServer = true
                            $0.swallowsServerToClient = true
                        }
                    } repair: {
                        proxy.setFaults { $0 = FaultProxy.Faults() }
                    }
                }
            }
        }
        try await TemporaryPostgres.withServer { primary in
            try await primary.withStandby { standby in
                let connection =
                    "host=\(primary.socketDirectory),\(standby.socketDirectory) port=\(primary.port),\(standby.port) "
                    + "user=postgres dbname=postgres"
                try await self.withNodes(connection) { nodes in
                    try await self.measure("primary killed, standby promoted", nodes) {
                        try await primary.kill()
                    } repair: {
                        try await standby.promote()
                    }
                }
            }
        }
    }

    private func withServer(_ body: (TemporaryPostgres, [BenchmarkNode]) async throws -> Void) async throws {
        try await TemporaryPostgres.withServer { server in
            try await self.withNodes(server.connectionString()) { try await body(server, $0) }
        }
    }

    private func withNodes(_ connection: String, _ body: ([BenchmarkNode]) async throws -> Void) async throws {
        let nodes = try (1...self.nodes).map { try BenchmarkNode(number: $0, connection: connection) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { try await node.cluster.run() } }
            for node in nodes { try await node.cluster.waitForPeers(atLeast: self.nodes - 1, within: .seconds(60)) }
            // To come to rest, so that the fault meets the middle of a heartbeat and not a join.
            try await Task.sleep(for: .seconds(3))
            try await body(nodes)
            group.cancelAll()
        }
    }

    private func measure(
        _ name: String,
        _ nodes: [BenchmarkNode],
        fault: () async throws -> Void,
        repair: () async throws -> Void = {}
    ) async throws {
        let changes = nodes.map(\.cluster.events)
        let recoveries = nodes.map(\.cluster.events)
        let begin = ContinuousClock.now
        try await fault()
        let noticed = await Self.last(changes) { $0.state == .impaired }
        try await repair()
        let repaired = ContinuousClock.now
        let recovered = await Self.last(recoveries) { $0.state == .active }
        let kept = nodes.allSatisfy { $0.cluster.status.connectedPeers.count == nodes.count - 1 }
        print(
            "  \(name): noticed by all after \((begin.duration(to: noticed) / .seconds(1)).rounded(to: 2)) s, well again "
                + "\((repaired.duration(to: recovered) / .seconds(1)).rounded(to: 2)) s after its end, "
                + "links kept: \(kept ? "all" : "NOT ALL")"
        )
        fflush(nil)
        guard kept else { throw ExitCode.failure }
    }

    /// When the last of several nodes says what is waited for, after it was impaired.
    static func last(
        _ streams: [ClusterEvents],
        until isIt: @escaping @Sendable (StrategyCondition) -> Bool
    ) async -> ContinuousClock.Instant {
        await withTaskGroup(of: ContinuousClock.Instant.self) { group in
            for stream in streams {
                group.addTask {
                    var wasImpaired = false
                    for await event in stream {
                        guard case .strategyChanged(_, let condition) = event else { continue }
                        if condition.state == .impaired { wasImpaired = true }
                        if wasImpaired, isIt(condition) { break }
                    }
                    return .now
                }
            }
            var last = ContinuousClock.now
            for await moment in group { last = max(last, moment) }
            return last
        }
    }
}
