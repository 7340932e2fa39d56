import ChildProcesses
import Foundation
import PostgresTesting
import Synchronization

/// The processes of which one leads, and what they have said.
final class LeaderStage: Sendable {
    /// What all of them are run with, in milliseconds.
    static let (lease, stopTime, interval) = (2_000, 1_000, 200)

    let screen: Screen
    let summary = Summary()
    let board = Board()
    let names: [String]
    let directory: String
    private let overrun: Int
    private let program: String
    private let processes = Mutex<[String: NodeProcess]>([:])
    private let frozen = Mutex<Set<String>>([])
    private let begins = Mutex<Int>(0)

    init(screen: Screen, nodeCount: Int, overrun: Int) throws {
        self.screen = screen
        self.names = (1...nodeCount).map { "leader-\($0)" }
        self.overrun = overrun
        guard let directory = Bundle.main.executableURL?.deletingLastPathComponent() else {
            throw Stage.Failure(description: "the program can't tell where it is")
        }
        self.program = directory.appendingPathComponent("one-leader").path
        let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
        self.directory = FileManager.default.temporaryDirectory.appendingPathComponent("cf-leaders-\(suffix)").path
        try FileManager.default.createDirectory(
            atPath: self.directory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// The one place that all of them write to.
    var record: String { "\(self.directory)/record" }

    /// The machine's uptime in seconds: the clock of the record.
    var now: Double { ProcessInfo.processInfo.systemUptime }

    /// How many leaders have begun, as they said themselves.
    var beginCount: Int { self.begins.withLock { $0 } }

    // MARK: Who leads

    /// The process that leads by the greatest number, unless it is gone or frozen.
    func leader(in views: Board.Views) -> (name: String, number: Int64)? {
        let leading = views.values.filter { $0.exit == nil }.compactMap { view in view.leads.map { (view.name, $0) } }
        guard let (name, number) = leading.max(by: { $0.1 < $1.1 }), !self.frozen.withLock({ $0.contains(name) })
        else { return nil }
        return (name, number)
    }

    // MARK: Processes

    func launch(_ name: String, connection: String) async throws {
        let board = self.board
        board.update { $0[name] = NodeView(name: name, launchedAt: self.now) }
        // The throw-away server is reached by what the connection string says, whatever the user's own server is.
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        environment["DATABASE_URL"] = connection
        let process = try await NodeProcess.start(
            self.program,
            arguments: [
                "--name", name, "--record", self.record, "--lease", "\(Self.lease)", "--stop-time",
                "\(Self.stopTime)", "--interval", "\(Self.interval)", "--overrun", "\(self.overrun)",
            ],
            environment: environment,
            logPath: "\(self.directory)/\(name).log",
            onLine: { line in
                guard let line = ReportLine(line) else { return }
                if line.event == "leads" { self.begins.withLock { $0 += 1 } }
                board.update { $0[name]?.take(line) }
            },
            onExit: { exit in board.update { $0[name]?.exit = exit } }
        )
        self.processes.withLock { $0[name] = process }
    }

    func process(_ name: String) -> NodeProcess? { self.processes.withLock { $0[name] } }

    func freeze(_ name: String, for time: Duration) async throws {
        // What it has said so far is not of use until it goes on.
        self.frozen.withLock { _ = $0.insert(name) }
        self.process(name)?.send(SIGSTOP)
        defer {
            self.process(name)?.send(SIGCONT)
            self.frozen.withLock { _ = $0.remove(name) }
            self.board.update { _ in }
        }
        try await Task.sleep(for: time)
    }

    /// Waits for the end of a process that was told to end.
    func waitForEnd(of name: String) async throws {
        guard try await self.board.wait(within: .seconds(30), until: { $0[name]?.exit != nil }) else {
            throw Stage.Failure(description: "\(name) did not end within 30 s.")
        }
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

    func putAwayLogs(keep: Bool) {
        if keep {
            self.screen.aside("the record and the processes' logs are in \(self.directory)")
        } else {
            try? FileManager.default.removeItem(atPath: self.directory)
        }
    }
}
