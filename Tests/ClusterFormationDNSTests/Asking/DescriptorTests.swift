import Foundation
import TestTraits
import Testing

@testable import ClusterFormationDNS

/// In a process of its own, where nobody else opens descriptors.
@Suite(.blocking, .timeLimit(.minutes(2))) struct DescriptorTests {
    @Test func `questions leave no descriptor behind, however they end`() async {
        await #expect(processExitsWith: .success) {
            let server = try LyingNameServer { asked in
                switch (asked.name, asked.isTCP) {
                case ("whole.test", _): .records([.ipv4([10, 0, 0, 1])])
                case ("cut.test", false): .truncated()
                case ("cut.test", true): .hangUp
                case ("failed.test", _): .code(2)
                default: .silence
                }
            }
            let servers = AresNameServers(server)
            let questions = ["whole.test", "cut.test", "failed.test", "silent.test"].map {
                Question(name: $0, type: .ipv4Address)
            }
            func ask() async throws {
                for question in questions {
                    _ = try? await servers.ask(question, until: .now + .milliseconds(100))
                    let asking = Task { try await servers.ask(question, until: .soon) }
                    asking.cancel()
                    _ = try? await asking.value
                }
            }
            let count = { try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count }
            // The loop's own ones are opened by the first.
            try await ask()
            let before = try count()
            for _ in 0..<20 { try await ask() }
            // A handle that nobody wants any more is closed a moment later; the server closes its side by itself.
            let deadline = ContinuousClock.Instant.soon
            while try count() > before, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
            let after = try count()
            guard after <= before else { fatalError("\(before) descriptors before, \(after) after") }
        }
    }
}
