import LibPQ
import Testing

struct ChannelTests {
    @Test func `Names of 1 to 63 bytes are fine, whatever is in them`() throws {
        try Channel.check("a")
        try Channel.check("With \"quotes\" and ümlauts")
        try Channel.check(String(repeating: "x", count: 63))
    }

    @Test(arguments: ["", String(repeating: "x", count: 64), String(repeating: "ü", count: 32), "a\u{0}b"])
    func `Other names are refused`(_ name: String) {
        let error = #expect(throws: LibPQError.self) { try Channel.check(name) }
        #expect(error?.kind == .invalidArgument)
    }
}
