import ChildProcesses
import Foundation

/// One run of the program.
final class HelloProcess: Sendable {
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "grpc-hello").path()

    let lines: AsyncStream<String>
    private let process: NodeProcess
    private let exit: AsyncStream<NodeExit>

    private init(lines: AsyncStream<String>, process: NodeProcess, exit: AsyncStream<NodeExit>) {
        self.lines = lines
        self.process = process
        self.exit = exit
    }

    static func start(_ arguments: [String], in directory: String) async throws -> HelloProcess {
        let (lines, linesInput) = AsyncStream<String>.makeStream()
        let (exit, exitInput) = AsyncStream<NodeExit>.makeStream()
        let process = try await NodeProcess.start(
            Self.program,
            arguments: arguments + ["--strategy", "local:\(directory)/nodes", "--stop-at-end-of-input"],
            environment: ProcessInfo.processInfo.environment,
            logPath: "\(directory)/log",
            onLine: { linesInput.yield($0) },
            onExit: {
                linesInput.finish()
                exitInput.yield($0)
                exitInput.finish()
            }
        )
        return HelloProcess(lines: lines, process: process, exit: exit)
    }

    /// Sends it a signal.
    func send(_ signal: Int32) { self.process.send(signal) }

    /// How it has ended; nil when the test is cancelled.
    func end() async -> NodeExit? {
        for await exit in self.exit { return exit }
        return nil
    }
}
