import ChildProcesses
import ClusterFormationTesting
import Foundation
internal import PostgresTesting
import Synchronization

/// Where the demonstration is played: the processes, what is known of them, and what is printed.
final class Stage: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let screen: Screen
    let summary: Summary
    let board = Board()
    let names: [String]
    let outageSeconds: Int
    let logDirectory: String
    private let program: String
    /// Of its own, so that nobody else's processes in the same database are met.
    let clusterName = "demo_" + String(UInt32.random(in: .min ... .max), radix: 36)
    /// The text of the cluster's key; nil for an open cluster.
    private let key: String?
    /// How the processes find each other, by one word; nil for the database.
    private let strategy: String?
    /// Whether its processes find each other and connect to nobody.
    private let discoversOnly: Bool
    /// The name server that they ask; nil for the system's.
    private let nameServer: String?
    private let databaseInUse = Mutex<Database?>(nil)
    private let processes = Mutex<[String: NodeProcess]>([:])

    init(
        screen: Screen,
        nodeCount: Int,
        outageSeconds: Int,
        key: String? = nil,
        strategy: String? = nil,
        discoversOnly: Bool = false,
        nameServer: String? = nil,
        summary: Summary = Summary()
    ) throws {
        self.key = key
        self.strategy = strategy
        self.discoversOnly = discoversOnly
        self.nameServer = nameServer
        self.summary = summary
        self.screen = screen
        self.names = (1...nodeCount).map { "node-\($0)" }
        self.outageSeconds = outageSeconds
        guard let directory = Bundle.main.executableURL?.deletingLastPathComponent() else {
            throw Failure(description: "the program can't tell where it is")
        }
        self.program = directory.appendingPathComponent("tcp-mesh").path
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        self.logDirectory = FileManager.default.temporaryDirectory.appendingPathComponent("cf-demo-\(suffix)").path
        try FileManager.default.createDirectory(
            atPath: self.logDirectory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// Whether the strategy reads a list from elsewhere, which somebody has to write.
    var isListed: Bool { ["file:", "srv:"].contains { self.strategy?.hasPrefix($0) ?? false } }

    var database: Database? { self.databaseInUse.withLock { $0 } }

    /// Says nothing of it.
    func use(_ database: Database) {
        self.databaseInUse.withLock { $0 = database }
    }

    func introduce(_ database: Database) async throws {
        self.use(database)
        if let server = database.server {
            let version = try await server.execute("SHOW server_version")
            let number = version.split(separator: " ").first.map(String.init) ?? version
            self.screen.aside("PostgreSQL \(number) runs on a private socket, for this demonstration alone")
        }
        self.screen.aside("the cluster's name is \(self.clusterName); times are of a \(Self.build) build")
    }

    static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }

    /// The channel of a cluster whose name is a plain identifier.
    var channel: String { "cluster_\(self.clusterName)" }

    /// The machine's uptime in seconds: the clock that the processes' lines carry.
    var now: Double { ProcessInfo.processInfo.systemUptime }

    // MARK: Processes

    func launch(_ name: String, port: Int = 0) async throws {
        let board = self.board
        board.update { $0[name] = NodeView(name: name, launchedAt: self.now) }
        // A throw-away server is reached by what the connection string says, whatever the user's own server is.
        let isOwn = self.database?.server != nil
        var environment = ProcessInfo.processInfo.environment.filter { !isOwn || !$0.key.hasPrefix("PG") }
        // Not as an argument: a password would be seen in the list of processes.
        environment["DATABASE_URL"] = self.database?.connectionString
        environment["CLUSTER_KEY"] = self.key
        environment["CLUSTER_NAME_SERVER"] = self.nameServer
        let process = try await NodeProcess.start(
            self.program,
            arguments: [
                "--report", "--stop-at-end-of-input", "--name", name, "--cluster", self.clusterName, "--port",
                "\(port)",
            ] + (self.strategy.map { ["--strategy", $0] } ?? []) + (self.discoversOnly ? ["--discover"] : []),
            environment: environment,
            logPath: self.logPath(of: name),
            onLine: { line in
                guard let line = ReportLine(line) else { return }
                board.update { $0[name]?.take(line) }
            },
            onExit: { exit in board.update { $0[name]?.exit = exit } }
        )
        self.processes.withLock { $0[name] = process }
    }

    func send(_ signal: Int32, to name: String) {
        self.processes.withLock { $0[name] }?.send(signal)
    }

    /// Ends whatever still runs, hard, and waits until it is gone; works in a cancelled task.
    func clear() async {
        for process in self.processes.withLock({ $0.values.map { $0 } }) { process.send(SIGKILL) }
        // Not a child task: those of a cancelled task are cancelled too, and this must not be.
        let board = self.board
        let end = Task {
            try await board.wait(within: .seconds(10)) { views in views.values.allSatisfy { $0.exit != nil } }
        }
        _ = try? await end.value
    }

    // MARK: Expectations

    /// Waits for what should happen, and tells whether it did.
    ///
    /// - Parameters:
    ///   - expectation: What should happen, for the list of failures.
    ///   - limit: For how long to wait.
    ///   - progress: What to show meanwhile.
    ///   - condition: Whether it has happened.
    ///   - success: What to say when it has.
    /// - Returns: Whether it has happened.
    /// - Throws: `CancellationError` when the demonstration is interrupted.
    @discardableResult
    func expect(
        _ expectation: String,
        within limit: Duration = .seconds(20),
        progress: @escaping @Sendable (Board.Views) -> String,
        until condition: @escaping @Sendable (Board.Views) -> Bool,
        success: (Board.Views) -> String
    ) async throws -> Bool {
        let screen = self.screen
        let isMet = try await self.board.wait(within: limit, until: condition) { screen.progress(progress($0)) }
        let views = self.board.views
        self.summary.count("\(expectation) (\(progress(views)) within \(limit.components.seconds) s)", isMet: isMet)
        if isMet {
            self.screen.passed(success(views))
        } else {
            self.screen.failed("\(expectation): \(progress(views)) within \(limit.components.seconds) s")
        }
        return isMet
    }

    /// Tells whether something holds now.
    func check(_ expectation: String, _ isMet: Bool, success: String, failure: String) {
        self.summary.count("\(expectation): \(failure)", isMet: isMet)
        if isMet { self.screen.passed(success) } else { self.screen.failed("\(expectation): \(failure)") }
    }

    // MARK: Logs

    func logPath(of name: String) -> String { "\(self.logDirectory)/\(name).log" }

    func endOfLog(of name: String) -> String {
        let text = (try? String(contentsOfFile: self.logPath(of: name), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(3).joined(separator: "\n")
    }

    func putAwayLogs(keep: Bool) {
        if keep {
            self.screen.aside("the processes' logs are in \(self.logDirectory)")
        } else {
            try? FileManager.default.removeItem(atPath: self.logDirectory)
        }
    }
}
