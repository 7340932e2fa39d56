import Foundation
import LibPQ
import Testing

extension OwnProcessTests {
    /// What libpq prints goes to the process's standard error.
    @Suite(.timeLimit(.minutes(1)))
    struct PasswordFileTests {
        @Test func `libpq warns of a password file that others may read once an attempt, not once an address`() async {
            let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
                let path = FileManager.default.temporaryDirectory.appending(path: "passwords-\(UUID())").path
                try "*:*:*:*:hunter2\n".write(toFile: path, atomically: true, encoding: .utf8)
                defer { try? FileManager.default.removeItem(atPath: path) }
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
                let text = "host=127.0.0.1,127.0.0.1,localhost port=1 user=app passfile=\(path)"
                _ = await libPQError { _ = try await Connection.connect(text) }
            }
            let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(output.split(separator: "\n").count { $0.contains("password file") } == 1, "\(output)")
        }
    }
}
