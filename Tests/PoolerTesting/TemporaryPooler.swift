internal import ClusterFormationTesting
internal import Foundation
package import PostgresTesting

/// A PgBouncer in front of a temporary server, on a socket beside the server's.
package struct TemporaryPooler: Sendable {
    private static let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let port = 6432
    package var port: Int { Self.port }
    private let processID: Int32
    private let hasEnded: Observed<Bool>
    package let connectionString: String

    package static func withPooler<Result>(
        mode: String,
        poolSize: Int = 20,
        before server: TemporaryPostgres,
        _ body: (TemporaryPooler) async throws -> Result
    ) async throws -> Result {
        let pooler = try await self.start(mode: mode, poolSize: poolSize, before: server)
        do {
            let result = try await body(pooler)
            await pooler.stop()
            return result
        } catch {
            await pooler.stop()
            throw error
        }
    }

    private struct NotInstalled: Error, CustomStringConvertible {
        let description = "PgBouncer is not installed; Scripts/install-requirements --for-tests does that"
    }

    private static func start(
        mode: String,
        poolSize: Int,
        before server: TemporaryPostgres
    ) async throws -> TemporaryPooler {
        guard let program = self.program else { throw NotInstalled() }
        let directory = server.socketDirectory
        let file = "\(directory)/pgbouncer.ini"
        let settings = """
            [databases]
            * = host=\(directory) port=\(server.port) user=\(server.configuration.superuser)
            [pgbouncer]
            listen_addr =
            listen_port = \(self.port)
            unix_socket_dir = \(directory)
            auth_type = any
            pool_mode = \(mode)
            default_pool_size = \(poolSize)
            """
        try settings.write(toFile: file, atomically: true, encoding: .utf8)
        let log = Observed("")
        let hasEnded = Observed(false)
        let (processID, _) = try await ChildProcess.spawn(
            server.account.prefix + [program, file],
            onOutput: { text in log.update { $0 += text ?? "" } },
            onExit: { _ in hasEnded.update { $0 = true } }
        )
        try await log.wait(within: .seconds(60)) {
            "the pooler's start; it said: \($0)"
        } until: {
            $0.contains("process up")
        }
        return TemporaryPooler(
            processID: processID,
            hasEnded: hasEnded,
            connectionString: "host=\(directory) port=\(self.port) user=postgres dbname=postgres"
        )
    }

    private func stop() async {
        Signal.kill.send(to: self.processID)
        await self.hasEnded.waitUncancelled { $0 }
    }
}
