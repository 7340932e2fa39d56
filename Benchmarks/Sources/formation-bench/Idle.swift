internal import ArgumentParser
internal import BenchmarkSupport
internal import CNotifyLoop
internal import ClusterFormation
internal import ClusterFormationPostgres
internal import Foundation
internal import PostgresTesting

/// What a node costs that does nothing but be there, in a process of its own.
struct Idle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures an idle node's CPU time, memory and connections."
    )

    @Option(help: "How long to watch, in seconds.")
    var seconds = 60

    func run() async throws {
        try await TemporaryPostgres.withServer { server in
            let connection = server.connectionString()
            let children = try (1...3).map { try IdleNode.start(number: $0, connection: connection) }
            let loops = try (1...3).map { _ in try IdleLoop.start(connection: connection) }
            defer {
                for child in children + loops { child.terminate() }
                for child in children + loops { child.waitUntilExit() }
            }
            // A measurement is of time passing, so it lets time pass: first to come to rest, then to watch.
            try await Task.sleep(for: .seconds(5))
            let before = try (children + loops).map { try ProcessFigures($0.processIdentifier) }
            try await Task.sleep(for: .seconds(self.seconds))
            let after = try (children + loops).map { try ProcessFigures($0.processIdentifier) }
            let connections = try await server.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name <> '' AND pid <> pg_backend_pid()"
            )
            print("Each one of three in a process of its own, for \(self.seconds) s")
            for (name, range) in [
                ("an idle node, at the default heartbeat", 0..<3), ("a C program, NOTIFY every 5 s", 3..<6),
            ] {
                let cpu = range.map {
                    (after[$0].cpuSeconds - before[$0].cpuSeconds) * 60 / Double(self.seconds) * 1_000
                }
                let memory = Statistics(range.map { after[$0].residentMegabytes }).median
                print(
                    "  \(name): CPU time \(Statistics(cpu).median.rounded(to: 1)) ms a minute, "
                        + "\(memory.rounded(to: 1)) MB resident"
                )
            }
            print("  PostgreSQL connections of the three nodes: \(connections)")
        }
    }
}

/// The baseline: the same connection, kept by a plain C program in a process of its own.
struct IdleLoop: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "idle-loop", shouldDisplay: false)

    @Option var connection: String

    static func start(connection: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["idle-loop", "--connection", connection]
        try process.run()
        return process
    }

    func run() {
        guard let loop = notify_loop_open(self.connection, "idle") else { return }
        notify_loop_idle(loop, "idle", 5_000)
        notify_loop_close(loop)
    }
}

/// A node in a process of its own, to be watched or killed.
struct IdleNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "idle-node", shouldDisplay: false)

    @Option var number: Int
    @Option var connection: String

    /// Starts one; who does so ends it.
    static func start(number: Int, connection: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["idle-node", "--number", "\(number)", "--connection", connection]
        try process.run()
        return process
    }

    func run() async throws {
        try await BenchmarkNode(number: self.number, connection: self.connection).cluster.run()
    }
}

/// What the kernel says of a process (proc(5)); Linux only.
struct ProcessFigures {
    var cpuSeconds: Double
    var residentMegabytes: Double

    init(_ processID: Int32) throws {
        let text = try String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        // The second field, the program's name, is in parentheses and may have spaces in it.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 22, let pages = Double(fields[22]) else { throw CocoaError(.fileReadCorruptFile) }
        // A page has 4 KiB.
        self.residentMegabytes = pages * 4_096 / 1_048_576
        // By the scheduler's clock, thread by thread: the process's own figure comes in ticks of a hundredth of a second.
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(processID)/task")
        self.cpuSeconds = tasks.reduce(0) { sum, task in
            let line = try? String(contentsOfFile: "/proc/\(processID)/task/\(task)/schedstat", encoding: .utf8)
            return sum + (line?.split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }
}
