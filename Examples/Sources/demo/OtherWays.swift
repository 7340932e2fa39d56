import Foundation

/// The same processes once more, three each, without PostgreSQL: on one host with no server at all, and by DNS.
struct OtherWays {
    let screen: Screen
    let summary: Summary

    private static let count = 3

    func show() async throws {
        try await self.showOneHost()
        try await self.showDNS()
    }

    private func stage(_ strategy: String, nameServer: String? = nil) throws -> Stage {
        try Stage(
            screen: self.screen,
            nodeCount: Self.count,
            outageSeconds: 0,
            strategy: strategy,
            nameServer: nameServer,
            summary: self.summary
        )
    }

    /// Plays on a stage that is cleared whatever happens.
    private func play(on stage: Stage, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            await stage.clear()
            stage.putAwayLogs(keep: false)
            throw error
        }
        await stage.clear()
        stage.putAwayLogs(keep: false)
    }

    // MARK: One host

    private func showOneHost() async throws {
        self.screen.heading(
            "5. One host, no server: \(Self.count) processes find each other by files with locks on them"
        )
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("cf-demo-\(String(UInt64.random(in: .min ... .max), radix: 36))").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let stage = try self.stage("local:\(directory)")
        try await self.play(on: stage) {
            for name in stage.names { try await stage.launch(name) }
            try await self.expectWhole(stage, "on one host")
            let victim = stage.names[0]
            let others = stage.names.dropFirst()
            let killedAt = stage.now
            stage.send(SIGKILL, to: victim)
            self.screen.did("kill -9", victim)
            let times: @Sendable (Board.Views) -> [Double] = { views in
                others.compactMap { views[$0]?.forgotten[victim]?.time }
            }
            try await stage.expect(
                "the others miss \(victim)",
                progress: { "\(times($0).count) of \(others.count) have forgotten it" },
                until: { times($0).count == others.count },
                success: { views in
                    let time = milliseconds((times(views).max() ?? 0) - killedAt)
                    self.summary.add("One host: killed process forgotten by all others", time)
                    return "the others forgot it \(time) after it was killed: its lock was free"
                }
            )
        }
    }

    private func expectWhole(_ stage: Stage, _ where: String) async throws {
        let names = stage.names
        try await stage.expect(
            "\(names.count) processes find each other \(`where`)",
            progress: { views in "\(views.values.map(\.linked.count).reduce(0, +)) ends of links are up" },
            until: { views in names.allSatisfy { views[$0]?.linked.count == names.count - 1 } },
            success: { views in
                let first = views.values.map(\.launchedAt).min() ?? 0
                let last = views.values.flatMap { $0.linked.values.map(\.time) }.max() ?? 0
                self.summary.add(
                    "\(names.count) processes \(`where`), until all are linked",
                    milliseconds(last - first)
                )
                return "all are linked with all, \(milliseconds(last - first)) after the first start"
            }
        )
    }

    // MARK: DNS

    private func showDNS() async throws {
        self.screen.heading("6. DNS: \(Self.count) processes are found by the records of a service (SRV)")
        guard let server = NameServer() else {
            self.screen.aside("left out: dnsmasq is not installed")
            return
        }
        let stage = try self.stage("srv:_mesh._tcp.demo.test", nameServer: "127.0.0.1:\(server.port)")
        try await self.play(on: stage) {
            for name in stage.names { try await stage.launch(name) }
            guard
                try await stage.board.wait(
                    within: .seconds(20),
                    until: { views in
                        stage.names.allSatisfy { views[$0]?.endpoint != nil }
                    }
                )
            else { throw Stage.Failure(description: "The processes did not start.") }
            let ports = stage.board.views.values.compactMap {
                $0.endpoint?.split(separator: ":").last.flatMap { Int($0) }
            }
            try await server.start(service: "_mesh._tcp.demo.test", target: "node.demo.test", ports: ports)
            self.screen.did("start", "dnsmasq, which tells their ports")
            defer { server.stop() }
            try await self.expectWhole(stage, "by DNS")
        }
    }
}
