import ClusterFormationTesting
import Testing

@testable import ClusterFormation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite(.timeLimit(.minutes(1))) struct LocalStrategyTests {
    /// Several nodes of one host, each with its own view.
    private func stages(_ count: Int) throws -> [StrategyStage] {
        try (1...count).map { try StrategyStage(localNode: try peer($0, metadata: ["number": "\($0)"])) }
    }

    private func withDirectory(_ body: (TemporaryDirectory) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try await body(directory)
    }

    @Test("Nodes find each other with what they say of themselves, and see a goodbye")
    func goodbye() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path("nodes"))
            let stages = try self.stages(3)
            try await stages[0].running(strategy) {
                try await stages[1].running(strategy) {
                    try await stages[2].running(strategy) {
                        for stage in stages {
                            try await stage.wait(for: "the others") { $0.known.count == 2 && $0.condition == .active }
                        }
                        #expect(stages[0].said.value.known[stages[2].localNode.endpoint] == stages[2].localNode)
                    }
                    for stage in stages[..<2] { try await stage.wait(for: "the goodbye") { $0.known.count == 1 } }
                    #expect(stages[0].said.value.losses == [stages[2].localNode.endpoint: .left])
                }
            }
            #expect(stages.map { $0.said.value.conditions } == Array(repeating: [.active, .stopped], count: 3))
        }
    }

    @Test("A node that comes again after its goodbye is found again")
    func comesAgain() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path)
            let stages = try self.stages(2)
            try await stages[0].running(strategy) {
                for _ in 0..<3 {
                    try await stages[1].running(strategy) {
                        try await stages[0].wait(for: "it") { $0.known.count == 1 }
                    }
                    try await stages[0].wait(for: "the goodbye") { $0.known.isEmpty }
                }
            }
        }
    }

    @Test("Two clusters in one directory never meet")
    func twoClusters() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path)
            let other = try StrategyStage(localNode: try peer(1), clusterName: "Orders")
            let stages = try self.stages(3)
            try await other.running(strategy) {
                try await stages[1].running(strategy) {
                    try await stages[2].running(strategy) {
                        for stage in stages[1...] { try await stage.wait(for: "the other") { $0.known.count == 1 } }
                    }
                }
            }
            #expect(other.said.value.known.isEmpty)
        }
    }

    @Test("A node puts its file back when somebody removes it, and is not lost")
    func fileRemoved() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path)
            let stages = try self.stages(2)
            try await stages[0].running(strategy) {
                try await stages[1].running(strategy) {
                    for stage in stages { try await stage.wait(for: "the other") { $0.known.count == 1 } }
                    let instance = try #require(stages[1].localNode.instance)
                    let name = "orders/\(instance).node"
                    try directory.unlink(name)
                    let third = try StrategyStage(localNode: try peer(3))
                    try await third.running(strategy) {
                        try await third.wait(for: "both") { $0.known.count == 2 }
                    }
                }
                let endpoint = stages[1].localNode.endpoint
                try await stages[0].wait(for: "its goodbye") { $0.losses[endpoint] != nil }
                #expect(stages[0].said.value.losses[endpoint] == .left)
            }
        }
    }

    @Test("The directory is made anew when somebody removes it, and nobody is lost")
    func directoryRemoved() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path)
            let stages = try self.stages(2)
            try await stages[0].running(strategy) {
                try await stages[1].running(strategy) {
                    for stage in stages { try await stage.wait(for: "the other") { $0.known.count == 1 } }
                    try directory.rename("orders", to: "moved")
                    let third = try StrategyStage(localNode: try peer(3))
                    try await third.running(strategy) {
                        try await third.wait(for: "both") { $0.known.count == 2 }
                        for stage in stages { try await stage.wait(for: "it works") { $0.condition == .active } }
                    }
                    let others = Set(stages.map(\.localNode.endpoint))
                    for stage in stages { #expect(others.isDisjoint(with: stage.said.value.losses.keys)) }
                }
            }
        }
    }

    @Test("What the dead and strangers have left in the directory is no peer, and does no harm")
    func garbage() async throws {
        try await self.withDirectory { directory in
            try directory.makeDirectory("orders")
            let dead = LocalNodeFile(cluster: "orders", node: try peer(9))
            try directory.write(dead.encoded, to: "orders/\(InstanceID(high: 9, low: 1)).node")
            try directory.write("garbage", to: "orders/\(InstanceID(high: 9, low: 2)).node")
            try directory.makePipe("orders/\(InstanceID(high: 9, low: 3)).node")
            try directory.makeDirectory("orders/\(InstanceID(high: 9, low: 4)).node")
            try directory.link("/etc/passwd", to: "orders/\(InstanceID(high: 9, low: 5)).node")
            try directory.write("x", to: "orders/readme")
            let strategy = try LocalStrategy(directory: directory.path)
            let stages = try self.stages(2)
            try await stages[0].running(strategy) {
                try await stages[1].running(strategy) {
                    for stage in stages { try await stage.wait(for: "the other") { $0.known.count == 1 } }
                }
            }
        }
    }

    @Test("A directory that is not safe is a condition, and mended it works")
    func unsafeDirectory() async throws {
        try await self.withDirectory { directory in
            try directory.makeDirectory("orders", mode: 0o755)
            let stages = try self.stages(1)
            try await stages[0].running(try LocalStrategy(directory: directory.path)) {
                try await stages[0].wait(for: "the flaw") { $0.condition?.code == "directory_unsafe" }
                #expect(stages[0].said.value.condition?.message?.contains("chmod 700") == true)
                try directory.setMode("orders", 0o700)
                try await stages[0].wait(for: "it works") { $0.condition == .active }
            }
        }
    }

    @Test("The same node twice is a condition of the second one")
    func twice() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path)
            let (first, second) = (try self.stages(1)[0], try self.stages(1)[0])
            try await first.running(strategy) {
                try await first.wait(for: "it works") { $0.condition == .active }
                try await second.running(strategy) {
                    try await second.wait(for: "the flaw") { $0.condition?.code == "instance_taken" }
                }
            }
            #expect(first.said.value.conditions == [.active, .stopped])
        }
    }

    @Test("The default directory is in the user's runtime directory, else in the temporary one")
    func defaultDirectory() async {
        // Alone in a process of its own: setenv while another thread reads the environment is a crash.
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            setenv("TMPDIR", "/var/tmp", 1)
            setenv("XDG_RUNTIME_DIR", directory.path, 1)
            #expect(LocalDirectory.path(for: "a/b", in: nil) == "\(directory.path)/cluster-formation-a%2fb")
            for path in ["relative", directory.path("none"), ""] {
                setenv("XDG_RUNTIME_DIR", path, 1)
                #expect(LocalDirectory.path(for: "orders", in: nil) == "/var/tmp/cluster-formation-\(geteuid())-orders")
            }
            unsetenv("TMPDIR")
            #expect(LocalDirectory.path(for: "orders", in: nil) == "/tmp/cluster-formation-\(geteuid())-orders")
        }
    }

    @Test("What can't work is refused by the initialiser")
    func configuration() {
        for path in ["", "relative", "/a\0b", "/" + String(repeating: "x", count: 2000)] {
            #expect(throws: ClusterError.self) { try LocalStrategy(directory: path) }
        }
    }

    @Test("It keeps the contract, when its directory goes, too")
    func conformance() async throws {
        try await self.withDirectory { directory in
            let strategy = try LocalStrategy(directory: directory.path)
            let peer = try StrategyStage(localNode: try peer(2), clusterName: "conformance")
            try await peer.running(strategy) {
                var conformance = StrategyConformance { strategy }
                conformance.localNode = try ClusterFormationTests.peer(1)
                conformance.expectedPeers = [peer.localNode.endpoint]
                conformance.breakMechanism = { try directory.rename("conformance", to: "moved") }
                conformance.watchTime = .milliseconds(500)
                try await conformance.verify()
            }
        }
    }
}
