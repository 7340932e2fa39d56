internal import ArgumentParser
internal import BenchmarkSupport
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
            let children = try (1...3).map { try IdleNode.start(number: $0, connection: server.connectionString()) }
            defer {
                for child in children { child.terminate() }
                for child in children { child.waitUntilExit() }
            }
            // A measurement is of time passing, so it lets time pass: first to come to rest, then to watch.
            try await Task.sleep(for: .seconds(5))
            let before = try children.map { try ProcessFigures($0.processIdentifier) }
            try await Task.sleep(for: .seconds(self.seconds))
            let after = try children.map { try ProcessFigures($0.processIdentifier) }
            let connections = try await server.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            let cpu = zip(before, after).map { ($1.cpuSeconds - $0.cpuSeconds) * 60 / Double(self.seconds) * 1_000 }
            print(
                """
                An idle node among \(children.count), at the default heartbeat, over \(self.seconds) s
                  CPU time: \(Statistics(cpu).median.rounded(to: 0)) ms a minute
                  resident memory: \(Statistics(after.map(\.residentMegabytes)).median.rounded(to: 1)) MB
                  PostgreSQL connections: \(connections) for \(children.count) nodes
                """
            )
        }
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
        guard fields.count > 22, let user = Double(fields[12]), let system = Double(fields[13]),
            let pages = Double(fields[22])
        else { throw CocoaError(.fileReadCorruptFile) }
        // The kernel's tick is 1/100 s on every platform that Swift runs on; a page has 4 KiB.
        self.cpuSeconds = (user + system) / 100
        self.residentMegabytes = pages * 4_096 / 1_048_576
    }
}
