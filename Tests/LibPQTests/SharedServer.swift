import ClusterFormationTesting
import LibPQ
import PostgresTesting

/// One server for all tests that do it no harm.
actor SharedServer {
    private static let shared = SharedServer()
    private var start: Task<TemporaryPostgres, any Error>?

    static var server: TemporaryPostgres {
        get async throws { try await self.shared.get() }
    }

    private func get() async throws -> TemporaryPostgres {
        // A task of its own, since the test that comes first may end before the others.
        let start = self.start ?? Task { try await TemporaryPostgres.create() }
        self.start = start
        return try await start.value
    }
}

extension Connection {
    static func connect(_ text: String, within limit: Duration = .seconds(20)) async throws -> Connection {
        try await self.connect(ConnectionString(text), deadline: .now + limit)
    }

    static func connectToSharedServer() async throws -> Connection {
        try await self.connect(SharedServer.server.connectionString())
    }

    func listen(_ channel: String, byteLimit: Int = 16 << 20) async throws -> NotificationBuffer {
        let buffer = self.subscribe(to: channel, byteLimit: byteLimit)
        try await self.query("LISTEN \(self.quote(channel))")
        return buffer
    }
}

/// The error that a body throws, if it is LibPQ's.
func libPQError(_ body: () async throws -> Void) async -> LibPQError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? LibPQError
    }
}
