import Testing

@testable import grpc_hello

struct TallyTests {
    @Test func `a line says all that was counted, and is read again`() throws {
        var tally = Tally()
        tally.answers = ["process 7": 25, "two": 24]
        tally.failures = 1
        tally.firstFailure = "unavailable"
        #expect(
            tally.lines(second: 3) == ["3 s  50 calls, 1 failed: process 7 25, two 24", "   failed: unavailable"]
        )
        tally.firstFailure = nil
        #expect(Tally(line: tally.lines(second: 3)[0]) == tally)
        #expect(Tally(line: Tally().lines(second: 1)[0]) == Tally())
        #expect(Tally(line: "one listens at 127.0.0.1:50051") == nil)
    }
}
