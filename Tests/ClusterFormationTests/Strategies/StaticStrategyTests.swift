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

@Suite struct StaticStrategyTests {
    @Test("It keeps the contract")
    func conformance() async throws {
        let one = try peer(1)
        var conformance = StrategyConformance { [one] as StaticStrategy }
        conformance.expectedPeers = [one.endpoint]
        conformance.watchTime = .milliseconds(20)
        try await conformance.verify()
    }

    @Test("A variable that is not set is refused with its name and what to set it to")
    func missing() throws {
        for name in ["CLUSTER_FORMATION_TESTS_NOT_SET", "", "a\0b"] {
            let error = #expect(throws: ClusterError.self) { try StaticStrategy(environment: name) }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains("is not set; set it to") == true)
        }
    }

    @Test("The variable's peers are found")
    func environment() async throws {
        // Alone in a process of its own: setenv while another thread reads the environment is a crash.
        await #expect(processExitsWith: .success) {
            setenv("CLUSTER_FORMATION_TESTS_PEERS", "10.0.0.7:1,node-2", 1)
            let strategy = try StaticStrategy(environment: "CLUSTER_FORMATION_TESTS_PEERS", defaultPort: 7337)
            let stage = try StrategyStage()
            try await stage.running(strategy) {
                try await stage.wait(for: "both") { $0.known.count == 2 }
            }
            #expect(Set(stage.said.value.known.keys.map(\.description)) == ["10.0.0.7:1", "node-2:7337"])
        }
    }
}
