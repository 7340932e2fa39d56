internal import ClusterAnnouncements
internal import ClusterFormation
internal import LibPQ

/// Finds out whether a server that is no PostgreSQL delivers notifications at all.
///
/// Some refuse LISTEN; some take it, with a warning or without, and nothing ever comes. Some will learn it.
struct DeliveryCheck: Sendable {
    let product: String
    let configuration: PostgresNotifierConfiguration

    func run(on connection: Connection) async throws {
        let timeout = self.configuration.statementTimeout
        let channel = "cluster-formation-check-\(InstanceID.random())"
        let quoted = try await connection.quote(channel)
        let buffer = await connection.subscribe(to: channel)
        do {
            try await connection.query("LISTEN \(quoted)", timeout: timeout)
            try await connection.query("SELECT pg_catalog.pg_notify($1, '')", [channel], timeout: timeout)
            let deadline = ContinuousClock.now + self.configuration.poolerCheckTimeout
            let heard = try await connection.first(of: buffer, before: deadline)
            await connection.unsubscribe(buffer)
            guard heard != nil else { throw Self.verdict(self.product, because: "delivers no notification") }
            try await connection.query("UNLISTEN \(quoted)", timeout: timeout)
        } catch let error as LibPQError where error.kind == .server {
            throw Self.verdict(self.product, because: "refuses LISTEN or NOTIFY (\(error.message))")
        }
    }

    static func verdict(_ product: String, because reason: String) -> NotifierError {
        NotifierError(
            code: .listenUnsupported,
            message: "the server is \(product), which \(reason); name a PostgreSQL in the connection string, or try "
                + "PostgresTableStrategy, which needs neither"
        )
    }
}
