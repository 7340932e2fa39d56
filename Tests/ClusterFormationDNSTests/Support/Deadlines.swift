@testable import ClusterFormationDNS

extension ContinuousClock.Instant {
    /// Far enough for a machine that is busy with other tests.
    static var soon: Self { .now + .seconds(30) }
}

extension AresNameServers {
    /// Silence is waited for in full: for a server whose answer is none.
    static let shortly: Duration = .milliseconds(200)

    /// Asks the server of a test.
    init(_ server: LyingNameServer, timeout: Duration = .seconds(10), rounds: Int = 2) {
        self.init(
            options: AresOptions(servers: ["127.0.0.1:\(server.port)"], firstTimeout: timeout, rounds: rounds)
        )
    }
}
