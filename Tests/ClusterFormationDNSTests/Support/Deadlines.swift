@testable import ClusterFormationDNS

extension ContinuousClock.Instant {
    /// Far enough for a machine that is busy with other tests.
    static var soon: Self { .now + .seconds(30) }
}

extension AresNameServers {
    /// Asks the server of a test, impatiently.
    init(_ server: LyingNameServer, timeout: Duration = .milliseconds(200), rounds: Int = 2) {
        self.init(
            options: AresOptions(servers: ["127.0.0.1:\(server.port)"], firstTimeout: timeout, rounds: rounds)
        )
    }
}
