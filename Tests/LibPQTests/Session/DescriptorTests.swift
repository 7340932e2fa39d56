import ClusterFormationTesting
import Foundation
import LibPQ
import PostgresTesting
import Testing

extension OwnProcessTests {
    @Suite(.timeLimit(.minutes(2)))
    struct DescriptorTests {
        @Test func `A hundred connects and closes leave no descriptor behind`() async throws {
            // In a process of its own, where nobody else opens any.
            await #expect(processExitsWith: .success) {
                try await TemporaryPostgres.withServer { server in
                    let count = { try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").count }
                    let string = server.connectionString()
                    // The loop's own and libpq's lasting ones are opened by the first.
                    try await Connection.connect(string).close(within: .seconds(5))
                    let before = try count()
                    for index in 0..<100 {
                        let connection = try await Connection.connect(string)
                        _ = try await connection.listen("c\(index)")
                        await connection.close(within: .seconds(5))
                        _ = await libPQError { _ = try await Connection.connect("host=127.0.0.1 port=1") }
                    }
                    // The last failed connect is closed by a helper thread, maybe after its caller has been told.
                    let deadline = ContinuousClock.now + .seconds(10)
                    while try count() > before, ContinuousClock.now < deadline {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    let after = try count()
                    guard after <= before else { fatalError("\(before) descriptors before, \(after) after") }
                }
            }
        }
    }
}
