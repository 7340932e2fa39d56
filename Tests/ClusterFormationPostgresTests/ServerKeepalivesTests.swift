import Testing

@testable import ClusterFormationPostgres

@Suite struct ServerKeepalivesTests {
    @Test(arguments: ["9", "8"]) func whatSystemsHaveIsChanged(count: String) {
        let changes = ServerKeepalives(current: ["7200", "75", count, "0"]).changes
        #expect(changes.map(\.name) == names)
        #expect(changes.map(\.value) == ["10", "5", "3", "25000"])
    }

    @Test func whatSomebodyHasChosenStays() {
        let changes = ServerKeepalives(current: ["99", "75", "5", "90000"]).changes
        #expect(changes.map(\.name) == ["tcp_keepalives_interval"])
        #expect(ServerKeepalives(current: ["99", "1", "5", "90000"]).changes.isEmpty)
    }

    @Test func whatAnOlderServerDoesNotKnowIsNotSet() {
        #expect(ServerKeepalives(current: ["7200", "75", "9", nil]).changes.map(\.name) == names.dropLast())
        #expect(ServerKeepalives(current: []).changes.isEmpty)
    }

    @Test func withoutTCPThereAreNoKeepalives() {
        #expect(ServerKeepalives(current: ["0", "0", "0", "0"]).changes.map(\.name) == ["tcp_user_timeout"])
    }

    private let names = [
        "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout",
    ]
}
