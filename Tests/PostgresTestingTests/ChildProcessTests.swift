import PostgresTesting
import Testing

@Suite("Programs that run beside the tests")
struct ChildProcessTests {
    @Test("A program takes the signals that it waits for, whatever the thread blocks that starts it")
    func signals() async throws {
        let outcome = try await ChildProcess.run(["sh", "-c", "trap 'exit 7' TERM; kill -TERM $$; exit 1"])
        #expect(outcome.status == 7, "\(outcome)")
    }
}
