import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite(.timeLimit(.minutes(1))) struct FileStrategyTests {
    /// Runs a strategy on a file, and hands over its directory.
    private func running(
        _ text: String?,
        _ body: @Sendable (TemporaryDirectory, StrategyStage) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        if let text { try directory.write(text, to: "peers") }
        let stage = try StrategyStage()
        let strategy = try FileStrategy(path: directory.path("peers"), defaultPort: 7337)
        try await stage.running(strategy) { try await body(directory, stage) }
    }

    private func wait(for hosts: Set<String>, _ stage: StrategyStage) async throws {
        try await stage.wait(for: "\(hosts)") { Set($0.known.keys.map(\.host)) == hosts }
    }

    @Test("Peers of a file are found, and changes are seen, however they are made")
    func changes() async throws {
        try await self.running("a\nb") { directory, stage in
            try await self.wait(for: ["a", "b"], stage)
            // In place.
            try directory.write("b\nc", to: "peers")
            try await self.wait(for: ["b", "c"], stage)
            // Renamed into place.
            try directory.write("c\nd", to: "new")
            try directory.rename("new", to: "peers")
            try await self.wait(for: ["c", "d"], stage)
            // As Kubernetes changes a ConfigMap: a link to a link to a directory, and the latter is swapped.
            for (version, text) in [("v1", "d\ne"), ("v2", "e\nf")] {
                try directory.makeDirectory(version)
                try directory.write(text, to: "\(version)/peers")
            }
            try directory.link("v1", to: "data")
            try directory.link("data/peers", to: "link")
            try directory.rename("link", to: "peers")
            try await self.wait(for: ["d", "e"], stage)
            try directory.link("v2", to: "data-new")
            try directory.rename("data-new", to: "data")
            try await self.wait(for: ["e", "f"], stage)
            // Emptied.
            try directory.write("# nobody", to: "v2/peers")
            try await self.wait(for: [], stage)
            #expect(stage.said.value.condition == .active(note: "Nobody is listed."))
        }
    }

    @Test("A file that is broken or gone keeps the last good list, and says why")
    func keeps() async throws {
        try await self.running("a\nb") { directory, stage in
            try await self.wait(for: ["a", "b"], stage)
            try directory.write("a\n!", to: "peers")
            try await stage.wait(for: "the flaw") { $0.condition?.code == "file_broken" }
            #expect(stage.said.value.condition?.message?.contains("Line 2") == true)
            try directory.unlink("peers")
            try await stage.wait(for: "its absence") { $0.condition?.code == "file_missing" }
            try directory.makeDirectory("peers")
            try await stage.wait(for: "a directory") { $0.condition?.code == "file_unreadable" }
            #expect(Set(stage.said.value.known.keys.map(\.host)) == ["a", "b"])
            try directory.rename("peers", to: "old")
            try directory.write("b", to: "peers")
            try await self.wait(for: ["b"], stage)
            #expect(stage.said.value.condition == .active)
        }
    }

    @Test("A file that comes later is found")
    func comesLater() async throws {
        try await self.running(nil) { directory, stage in
            try await stage.wait(for: "its absence") { $0.condition?.code == "file_missing" }
            try directory.write("a", to: "peers")
            try await self.wait(for: ["a"], stage)
        }
    }

    @Test("What can't work is refused by the initialiser")
    func configuration() {
        #expect(throws: ClusterError.self) { try FileStrategy(path: "") }
        #expect(throws: ClusterError.self) { try FileStrategy(path: "a\0b") }
        #expect(throws: ClusterError.self) { try FileStrategy(path: String(repeating: "x", count: 4096)) }
        #expect(throws: ClusterError.self) { try FileStrategy(path: "/etc/peers", defaultPort: 0) }
    }

    @Test("It keeps the contract, when its file is broken, too")
    func conformance() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        var conformance = StrategyConformance {
            try directory.write("10.0.0.1:7337", to: "peers")
            return try FileStrategy(path: directory.path("peers"))
        }
        conformance.expectedPeers = [try Endpoint(host: "10.0.0.1", port: 7337)]
        conformance.breakMechanism = { try directory.write("!", to: "peers") }
        conformance.watchTime = .milliseconds(900)
        try await conformance.verify()
    }
}
