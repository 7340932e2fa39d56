import ClusterFormationTesting
import Testing

@testable import ClusterFormation

@Suite struct BackoffTests {
    @Test func `the ceiling doubles up to the maximum, and every wait below it is as likely`() {
        let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(30))
        var generator = SeededGenerator(seed: 7)
        for (failures, ceiling) in [
            (1, 0.1), (2, 0.2), (5, 1.6), (9, 25.6), (10, 30), (31, 30), (10_000, 30), (Int.max, 30),
        ] {
            let waits = (0..<2_000).map { _ in backoff.delay(afterFailures: failures, using: &generator) / .seconds(1) }
            #expect(waits.hasOnly { (0...ceiling).contains($0) })
            let mean = waits.reduce(0, +) / Double(waits.count)
            #expect(abs(mean - ceiling / 2) < ceiling * 0.03, "\(failures): \(mean)")
            #expect(waits.contains { $0 < ceiling * 0.02 } && waits.contains { $0 > ceiling * 0.98 })
        }
    }
}
