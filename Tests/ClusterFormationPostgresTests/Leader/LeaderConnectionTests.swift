import ClusterAnnouncements
import ClusterFormation
import LibPQ
import Testing

@testable import ClusterFormationPostgres
@testable import ClusterFormationTesting
@testable import PostgresTesting

/// What a leader asks of a real server, one question at a time.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LeaderConnectionTests {
    private static func open(_ server: TemporaryPostgres) async throws -> LeaderConnection {
        let connector = PostgresConnector(
            string: try ConnectionString(server.connectionString()),
            configuration: PostgresNotifierConfiguration()
        )
        let connection = LeaderConnection(
            try await connector.connect(applicationName: "leader"),
            locks: LeaderLocks(key: "reports"),
            timeout: .seconds(20)
        )
        try await connection.prepare(idleTimeout: .seconds(30))
        return connection
    }

    @Test func `A number that was told is not told again after a crash`() async throws {
        // Nobody but the transaction itself brings anything to the disk.
        var configuration = TemporaryPostgres.Configuration()
        configuration.settings = ["wal_writer_delay": "10000"]
        try await TemporaryPostgres.withServer(configuration) { server in
            var numbers: [Int64] = []
            for _ in 0..<3 {
                let connection = try await Self.open(server)
                if case .token(let number) = try await connection.ask(.token) { numbers.append(number) }
                try await server.kill()
                try await server.start()
            }
            #expect(numbers.count == 3)
            #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(numbers)")
            // The timeline is in it.
            #expect(numbers.allSatisfy { $0 & 0xff == 1 })
        }
    }

    @Test func `The lock goes from one to the next, by way of the mark`() async throws {
        try await TemporaryPostgres.withServer { server in
            let first = try await Self.open(server)
            let second = try await Self.open(server)
            let (one, two) = (first.processID, second.processID)
            #expect(try await first.ask(.tryLock) == .tried(isGranted: true, former: nil))
            #expect(try await second.ask(.tryLock) == .tried(isGranted: false, former: nil))
            #expect(try await first.ask(.look) == .seen(.init(holder: one)))
            #expect(try await first.ask(.release) == .released(true))
            #expect(try await first.ask(.look) == .seen(.init(holder: nil, former: one)))
            #expect(try await second.ask(.tryLock) == .tried(isGranted: true, former: one))
            #expect(try await first.ask(.look) == .seen(.init(holder: two, former: one)))
            // The mark is taken, so this one can't leave it.
            #expect(try await second.ask(.release) == .released(false))
            #expect(try await second.ask(.look) == .seen(.init(holder: two, former: one)))
            await first.close(within: .seconds(5))
            try await Self.wait { try await second.ask(.look) == .seen(.init(holder: two)) }
            await second.close(within: .seconds(5))
        }
    }

    @Test func `The server ends a session that is silent for too long`() async throws {
        try await TemporaryPostgres.withServer { server in
            let connection = try await Self.open(server)
            try await connection.prepare(idleTimeout: .milliseconds(200))
            await #expect {
                try await withTimeout(.seconds(60)) {
                    "the end"
                } operation: {
                    try await connection.watch()
                }
            } throws: { error in
                (error as? NotifierError)?.code == .sessionTimeout
            }
        }
    }

    private static func wait(until isSo: @escaping @Sendable () async throws -> Bool) async throws {
        try await withTimeout(LeaderMember.patience) {
            "what the other session does"
        } operation: {
            while try await !isSo() { await Task.yield() }
        }
    }
}
