import ClusterFormationPostgres
import Foundation
import LibPQ
import Logging
import ServiceLifecycle

/// A node that seeks to lead, says so on its output, and writes with its number for as long as it leads; it leaves when its
/// input ends.
///
///     LeaderNode <connection string> <lease in ms> <interval in ms>
///
/// It writes into `work (fence bigint)` as an application would, and notes each write that was let through in
/// `written (number serial, fence bigint)`.
@main
struct LeaderNode {
    private static let write = """
        WITH fenced AS (UPDATE work SET fence = $1::bigint WHERE fence <= $1::bigint RETURNING fence) \
        INSERT INTO written (fence) SELECT fence FROM fenced RETURNING fence
        """

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let logger = Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }
        let connection = try await Connection.connect(try ConnectionString(arguments[0]), deadline: .now + .seconds(30))
        var configuration = LeaderConfiguration()
        configuration.leaseTime = .milliseconds(Int(arguments[1]) ?? 0)
        configuration.probeInterval = .milliseconds(Int(arguments[2]) ?? 0)
        configuration.retryInterval = .milliseconds(Int(arguments[2]) ?? 0)
        let leader = try LeaderService(
            key: "processes",
            connection: arguments[0],
            configuration: configuration,
            logger: logger
        ) { leadership in
            let token = "\(leadership.fencingToken)"
            Self.say("begin \(token)")
            defer { Self.say("end \(token)") }
            var wasRefused = false
            while true {
                let isRefused = try await connection.query(Self.write, [token]).rows.isEmpty
                if isRefused, !wasRefused { Self.say("refused \(token)") }
                wasRefused = isRefused
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let group = ServiceGroup(services: [leader], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            Thread.detachNewThread {
                while readLine() != nil {}
                Task { await group.triggerGracefulShutdown() }
            }
            try await tasks.waitForAll()
        }
        Self.say("left")
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }
}
