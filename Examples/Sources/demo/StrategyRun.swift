import Foundation
import PostgresTesting

/// One strategy, measured: a stage of its own, from the start of its processes to their end.
struct StrategyRun {
    /// Seconds, one of each a round.
    struct Times {
        var found: [Double] = []
        var missed: [Double] = []
    }

    private let stage: Stage
    /// Tells whoever reads a list from elsewhere which ports there are.
    private let publish: ([Int]) async throws -> Void

    private static let limit = Duration.seconds(120)

    static func measure(
        _ strategy: StrategyUnderTest,
        _ size: Int,
        rounds: Int,
        on server: TemporaryPostgres
    ) async throws -> Times {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("cf-strategies-\(String(UInt64.random(in: .min ... .max), radix: 36))").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let connection = server.connectionString()
        switch strategy {
        case .local: return try await self.measure("local:\(directory)/local", size, rounds)
        case .postgres: return try await self.measure(connection, size, rounds)
        case .table: return try await self.measure("table:\(connection)", size, rounds)
        case .multicast: return try await self.measure("multicast:", size, rounds)
        case .file:
            let path = "\(directory)/peers"
            try "".write(toFile: path, atomically: true, encoding: .utf8)
            return try await self.measure("file:\(path)", size, rounds) { ports in
                let lines = ports.map { "127.0.0.1:\($0)\n" }.joined()
                try lines.write(toFile: path, atomically: true, encoding: .utf8)
            }
        case .dns:
            guard let names = NameServer() else { throw Stage.Failure(description: "dnsmasq is not installed") }
            defer { names.stop() }
            let (service, target) = ("_mesh._tcp.demo.test", "node.demo.test")
            return try await self.measure("srv:\(service)", size, rounds, nameServer: "127.0.0.1:\(names.port)") {
                ports in
                await names.stopAndWait()
                try await names.start(service: service, target: target, ports: ports)
            }
        }
    }

    private static func measure(
        _ word: String,
        _ size: Int,
        _ rounds: Int,
        nameServer: String? = nil,
        publish: @escaping ([Int]) async throws -> Void = { _ in }
    ) async throws -> Times {
        let stage = try Stage(
            screen: Screen(),
            nodeCount: size,
            outageSeconds: 0,
            strategy: word,
            discoversOnly: true,
            nameServer: nameServer
        )
        do {
            let times = try await StrategyRun(stage: stage, publish: publish).measure(rounds)
            await stage.clear()
            stage.putAwayLogs(keep: false)
            return times
        } catch {
            await stage.clear()
            stage.putAwayLogs(keep: false)
            throw error
        }
    }

    private func measure(_ rounds: Int) async throws -> Times {
        for name in self.stage.names { try await self.stage.launch(name) }
        try await self.publishPorts(of: self.stage.names)
        let names = self.stage.names
        try await self.wait("all know all") { views in
            names.allSatisfy { views[$0]?.known.count == names.count - 1 }
        }
        var times = Times()
        for round in 1...rounds {
            let newcomer = "newcomer-\(round)"
            try await self.stage.launch(newcomer)
            try await self.publishPorts(of: names + [newcomer])
            let published = self.stage.now
            try await self.wait("the newcomer is known") { views in
                views[newcomer]?.known.count == names.count
                    && names.allSatisfy { views[$0]?.known.count == names.count }
            }
            let views = self.stage.board.views
            let known = views.values.flatMap { $0.known.values.map(\.time) }.max() ?? 0
            // From its first line, or from the change of the list that names it, whichever was later.
            let begin = self.beginning(views[newcomer]?.startedAt, published)
            times.found.append(max(0, known - begin))

            let endpoint = views[newcomer]?.endpoint ?? ""
            self.stage.send(SIGKILL, to: newcomer)
            let killed = self.stage.now
            try await self.publishPorts(of: names)
            let labels = [newcomer, endpoint]
            try await self.wait("the killed one is forgotten") { views in
                names.allSatisfy { name in
                    labels.contains { views[name]?.forgotten[$0].map { $0.time >= killed } ?? false }
                }
            }
            let forgotten = self.stage.board.views.filter { names.contains($0.key) }.values
                .flatMap { view in labels.compactMap { view.forgotten[$0]?.time } }
            times.missed.append((forgotten.max() ?? 0) - killed)
            self.stage.board.update { $0[newcomer] = nil }
        }
        return times
    }

    /// When it could be found at the earliest.
    private func beginning(_ started: Double?, _ published: Double) -> Double {
        self.stage.isListed ? max(started ?? 0, published) : started ?? 0
    }

    private func publishPorts(of names: [String]) async throws {
        guard self.stage.isListed else { return }
        try await self.wait("all say where they are") { views in names.allSatisfy { views[$0]?.endpoint != nil } }
        let views = self.stage.board.views
        try await self.publish(
            names.compactMap { views[$0]?.endpoint?.split(separator: ":").last.flatMap { Int($0) } }
        )
    }

    private func wait(_ what: String, until condition: @escaping @Sendable (Board.Views) -> Bool) async throws {
        guard try await self.stage.board.wait(within: Self.limit, until: condition) else {
            throw Stage.Failure(description: "not within \(Self.limit): \(what)")
        }
    }
}
