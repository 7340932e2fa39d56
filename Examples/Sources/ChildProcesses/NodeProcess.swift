internal import Dispatch
internal import Foundation
internal import Synchronization

/// A process that a program starts, and that ends with it.
package final class NodeProcess: Sendable {
    /// Where processes are started, one after the other, so that none inherits the pipes of another.
    private static let starter = DispatchQueue(label: "processes.starter")

    package let processID: Int32
    private let running: RunningFlag
    /// Held open for as long as the program lives: when it dies, however suddenly, its processes end too, if they watch their
    /// standard input.
    private let lifeline: FileHandle

    private init(processID: Int32, running: RunningFlag, lifeline: FileHandle) {
        self.processID = processID
        self.running = running
        self.lifeline = lifeline
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments.
    ///   - environment: Its environment.
    ///   - logPath: The file that its standard error is appended to.
    ///   - onLine: Called for each line of its standard output.
    ///   - onExit: Called when it has ended and all its output has been read.
    /// - Returns: The process.
    /// - Throws: What Foundation throws when it can't be started.
    package static func start(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        logPath: String,
        onLine: @escaping @Sendable (String) -> Void,
        onExit: @escaping @Sendable (NodeExit) -> Void
    ) async throws -> NodeProcess {
        try await withCheckedThrowingContinuation { continuation in
            self.starter.async {
                continuation.resume(
                    with: Result {
                        try self.launch(
                            path,
                            arguments: arguments,
                            environment: environment,
                            logPath: logPath,
                            onLine: onLine,
                            onExit: onExit
                        )
                    }
                )
            }
        }
    }

    private static func launch(
        _ path: String,
        arguments: [String],
        environment: [String: String],
        logPath: String,
        onLine: @escaping @Sendable (String) -> Void,
        onExit: @escaping @Sendable (NodeExit) -> Void
    ) throws -> NodeProcess {
        if !FileManager.default.fileExists(atPath: logPath) {
            _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        }
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        try log.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = log

        // The end is told once both are there: the exit status and the last line.
        let end = DispatchGroup()
        let exit = Mutex<NodeExit?>(nil)
        let running = RunningFlag()
        end.enter()
        process.terminationHandler = { process in
            running.clear()
            exit.withLock {
                $0 = NodeExit(
                    status: process.terminationStatus,
                    wasKilled: process.terminationReason == .uncaughtSignal
                )
            }
            end.leave()
        }
        try process.runWithSignals()
        end.enter()
        Thread.detachNewThread {
            Self.readLines(of: output.fileHandleForReading, onLine)
            end.leave()
        }
        end.notify(queue: self.starter) {
            if let exit = exit.withLock({ $0 }) { onExit(exit) }
        }
        return NodeProcess(processID: process.processIdentifier, running: running, lifeline: input.fileHandleForWriting)
    }

    private static func readLines(of handle: FileHandle, _ take: (String) -> Void) {
        var rest = Data()
        while case let data = handle.availableData, !data.isEmpty {
            rest.append(data)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                take(String(decoding: rest[..<end], as: UTF8.self))
                rest = Data(rest[rest.index(after: end)...])
            }
        }
    }

    /// Writes a line to its standard input; one that has ended does not read it.
    package func tell(_ line: String) {
        self.running.whileSet { try? self.lifeline.write(contentsOf: Data("\(line)\n".utf8)) }
    }

    /// Ends its standard input.
    package func endInput() {
        try? self.lifeline.close()
    }

    /// Sends it a signal, unless it has ended.
    package func send(_ signal: Int32) {
        self.running.whileSet { _ = kill(self.processID, signal) }
    }
}

/// Whether a process still has its number: a signal must not reach another that got it later.
private final class RunningFlag: Sendable {
    private let isSet = Mutex(true)

    func clear() {
        self.isSet.withLock { $0 = false }
    }

    func whileSet(_ body: () -> Void) {
        self.isSet.withLock { if $0 { body() } }
    }
}
