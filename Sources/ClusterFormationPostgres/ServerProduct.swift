internal import LibPQ

/// What a server that speaks PostgreSQL's protocol is, by its own word.
struct ServerProduct: Equatable, Sendable {
    /// Nil for PostgreSQL, and for everything that calls itself so.
    let name: String?

    /// From what `version()` says.
    init(version: String?) {
        self.name = Self.marks.first { version?.contains($0.mark) ?? false }?.name
    }

    init(name: String?) {
        self.name = name
    }

    /// Those that take LISTEN for an error, or take it and deliver nothing; whether the one at hand does is then proven.
    private static let marks = [
        (mark: "CockroachDB", name: "CockroachDB"), (mark: "RisingWave", name: "RisingWave"),
        (mark: "-YB-", name: "YugabyteDB"), (mark: "Materialize", name: "Materialize"),
        (mark: "Redshift", name: "Amazon Redshift"),
    ]

    /// Asks a server; nothing comes of it when the server does not know the question either.
    static func find(on connection: Connection, timeout: Duration) async throws -> ServerProduct {
        // It says so by itself, before anything is asked.
        if await connection.parameterStatus("crdb_version") != nil { return ServerProduct(name: "CockroachDB") }
        do {
            return ServerProduct(version: try await connection.query("SELECT version()", timeout: timeout).scalar)
        } catch let error as LibPQError where error.kind == .server {
            return ServerProduct(name: nil)
        }
    }
}
