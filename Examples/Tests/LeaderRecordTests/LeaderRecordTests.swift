import Foundation
import LeaderRecord
import Testing

/// What is written to a record, and read from it again.
@Suite struct LeaderRecordTests {
    private static let entry = LeaderEntry(
        time: 4_821.512309,
        holder: .init(name: "leader-2", processID: 1_234),
        act: .works,
        number: 189_441,
        stoodStill: 0.004
    )

    @Test func `A line says all of an entry`() {
        #expect(Self.entry.line == "4821.512309 leader-2 1234 works 189441 0.004")
        #expect(LeaderEntry(Self.entry.line) == Self.entry)
    }

    @Test(arguments: [
        "", "4821.5 leader-2 1234 works 189441", "4821.5 leader-2 1234 sleeps 189441 0.0",
        "4821.5 leader-2 1234 works 189441 0.0 4821.6", "x leader-2 1234 works 189441 0.0",
        "4821.5 leader-2 1234 works many 0.0",
    ])
    func `A line that is none is refused`(line: String) {
        #expect(LeaderEntry(line) == nil)
    }

    @Test func `What several append is read in the order in which it was written`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (one, other) = (try LeaderRecord(appendingTo: path), try LeaderRecord(appendingTo: path))
        var second = Self.entry
        second.act = .ends
        one.append(Self.entry)
        other.append(second)
        one.append(Self.entry)
        let (entries, unreadable) = try LeaderRecord.read(path)
        #expect(entries == [Self.entry, second, Self.entry])
        #expect(unreadable == [])
    }
}
