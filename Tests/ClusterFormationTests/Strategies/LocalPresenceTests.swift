import ClusterFormationTesting
import LocalFiles
import Testing

@testable import ClusterFormation

@Suite struct LocalPresenceTests {
    private func presence(_ number: Int, in path: String) throws -> LocalPresence {
        let node = try peer(number)
        return try LocalPresence(
            in: HostDirectory(path),
            cluster: "orders",
            localNode: node,
            instance: try #require(node.instance)
        )
    }

    @Test("Who gives up its file in a directory that was moved away is not dead; who does in its place is")
    func movedAway() throws {
        for isMoved in [true, false] {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            let path = directory.path("orders")
            var roster = LocalRoster(local: try peer(1).instance)
            var presence = try self.presence(1, in: path)
            var other: LocalPresence? = try self.presence(2, in: path)
            #expect(try presence.lookAtAll(&roster, at: .start) == [.found(try peer(2))])
            let name = LocalDirectory.file(of: try #require(try peer(2).instance))
            if isMoved { try directory.rename("orders", to: "moved") }
            withExtendedLifetime(other) {}
            other = nil
            // A change is looked at a moment later, when the lock has gone with the file.
            let later = Instant.start.advanced(by: .milliseconds(2))
            if isMoved {
                #expect(throws: HostDirectory.Flaw.self) {
                    _ = try presence.look(atChanged: [name], &roster, at: .start)
                    _ = try presence.look(atChanged: [], &roster, at: later)
                }
                #expect(roster.instances == [try #require(try peer(2).instance)])
            } else {
                var reports = try presence.look(atChanged: [name], &roster, at: .start)
                reports += try presence.look(atChanged: [], &roster, at: later)
                // A process that another test starts has the file, too, until it has become another program.
                let deadline = ContinuousClock.now + .seconds(30)
                while reports.isEmpty, ContinuousClock.now < deadline {
                    reports = try presence.look(atChanged: [name], &roster, at: later)
                }
                #expect(reports == [.lost(try peer(2), .sessionEnded)])
            }
        }
    }
}
