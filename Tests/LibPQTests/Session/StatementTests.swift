import Testing

@testable import LibPQ

struct StatementTests {
    @Test func `A text with a NUL in it is refused, wherever it stands`() throws {
        for (sql, parameters) in [
            ("SELECT '\u{0}'", []), ("SELECT $1", ["a\u{0}b"]), ("SELECT $1, $2", [nil, "\u{0}"]),
        ] {
            let error = #expect(throws: LibPQError.self) { try Statement(id: 1, sql: sql, parameters: parameters) }
            #expect(error?.kind == .invalidArgument)
        }
        _ = try Statement(id: 1, sql: "", parameters: ["", nil, "ü"])
    }

    @Test func `More parameters than the protocol can count are refused`() throws {
        _ = try Statement(id: 1, sql: "SELECT 1", parameters: Array(repeating: nil, count: 65_535))
        let error = #expect(throws: LibPQError.self) {
            try Statement(id: 1, sql: "SELECT 1", parameters: Array(repeating: nil, count: 65_536))
        }
        #expect(error?.kind == .invalidArgument)
    }
}
