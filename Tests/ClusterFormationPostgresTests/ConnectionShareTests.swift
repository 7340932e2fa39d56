import LibPQ
import PostgresTesting
import Testing

@testable import ClusterFormationPostgres

@Suite(.timeLimit(.minutes(1)))
struct ConnectionShareTests {
    private func share(_ server: TemporaryPostgres) throws -> ConnectionShare {
        ConnectionShare(
            PostgresConnector(string: try ConnectionString(server.connectionString()), configuration: .init())
        )
    }

    @Test func `A connection that a session has given up is not handed to the next`() async throws {
        try await TemporaryPostgres.withServer { server in
            let share = try self.share(server)
            let first = try await share.acquire(applicationName: "first")
            let second = try await share.acquire(applicationName: "second")
            #expect(first === second)
            // One declares it dead; the other has not noticed yet.
            await share.release(first, within: .seconds(1))
            let third = try await share.acquire(applicationName: "third")
            #expect(third !== second)
            #expect(!second.connection.isClosed)
            // The one that goes late takes nothing of the new one with it.
            await share.release(second, within: .seconds(1))
            #expect(second.connection.isClosed)
            let fourth = try await share.acquire(applicationName: "fourth")
            #expect(fourth === third)
            await share.release(third, sending: "SELECT 1", within: .seconds(1))
            await share.release(fourth, sending: "SELECT 1", within: .seconds(1))
        }
    }

    @Test func `A session that leaves with a farewell leaves a good connection to the others`() async throws {
        try await TemporaryPostgres.withServer { server in
            let share = try self.share(server)
            let first = try await share.acquire(applicationName: "first")
            let second = try await share.acquire(applicationName: "second")
            await share.release(second, sending: "SELECT 1", within: .seconds(1))
            let third = try await share.acquire(applicationName: "third")
            #expect(third === first)
            await share.release(third, within: .seconds(1))
            await share.release(first, within: .seconds(1))
        }
    }

    @Test func `A connection that was condemned is not handed out either`() async throws {
        try await TemporaryPostgres.withServer { server in
            let share = try self.share(server)
            let first = try await share.acquire(applicationName: "first")
            first.condemn()
            let second = try await share.acquire(applicationName: "second")
            #expect(second !== first)
            await share.release(first, within: .seconds(1))
            await share.release(second, within: .seconds(1))
        }
    }
}
