#if CommandLine
    internal import ClusterFormationPostgres
    internal import LibPQ

    /// A session of the tool's own, which joins nothing.
    enum ServerConnection {
        /// How long an attempt takes at most, whatever the connection string says.
        private static let longest: Duration = .seconds(120)

        /// Runs a body with a connection, and closes it afterwards.
        static func withConnection<Result>(
            _ string: String,
            timeout: Duration,
            _ body: (Connection) async throws -> Result
        ) async throws -> Result {
            var options = ConnectOptions()
            options.applicationName = "cluster-formation tool"
            options.hostTimeout = timeout
            let connection = try await Connection.connect(
                ConnectionString(string),
                options: options,
                deadline: .now + self.longest
            )
            do {
                let result = try await body(connection)
                await connection.close(within: .seconds(1))
                return result
            } catch {
                await connection.close(within: .seconds(1))
                throw error
            }
        }
    }
#endif
