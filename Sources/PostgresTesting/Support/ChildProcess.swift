internal import ClusterFormation
internal import Dispatch
package import Foundation
internal import Locking

/// Programs that run beside the tests.
///
/// Nothing here blocks a thread of the cooperative pool.
package enum ChildProcess {
    package struct Outcome: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    /// Where programs are started, one after the other, so that none inherits the pipes of another.
    private static let starter = DispatchQueue(label: "cluster-formation.testing.starter")

    /// Runs a program to its end.
    ///
    /// A cancelled task kills it.
    package static func run(_ command: [String]) async throws -> Outcome {
        let running = Locked<(pid: Int32?, isCancelled: Bool)>((nil, false))
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.starter.async {
                    do {
                        let collected = Locked((status: Int32(0), output: Data(), errors: Data()))
                        let group = DispatchGroup()
                        let process = self.process(command)
                        let (output, errors) = (Pipe(), Pipe())
                        process.standardInput = FileHandle.nullDevice
                        process.standardOutput = output
                        process.standardError = errors
                        group.enter()
                        process.terminationHandler = { process in
                            let status = process.terminationStatus
                            running.withLock { $0.pid = nil }
                            collected.withLock { $0.status = status }
                            group.leave()
                        }
                        try process.runWithSignals()
                        let pid = process.processIdentifier
                        let isLate = running.withLock { running in
                            running.pid = pid
                            return running.isCancelled
                        }
                        if isLate { Signal.kill.send(to: pid) }
                        self.readToEnd(output, in: group) { data in collected.withLock { $0.output = data } }
                        self.readToEnd(errors, in: group) { data in collected.withLock { $0.errors = data } }
                        group.notify(queue: self.starter) {
                            let (status, output, errors) = collected.withLock { $0 }
                            continuation.resume(
                                returning: Outcome(
                                    status: status,
                                    output: String(decoding: output, as: UTF8.self),
                                    errors: String(decoding: errors, as: UTF8.self)
                                )
                            )
                        }
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        } onCancel: {
            let pid = running.withLock { running in
                running.isCancelled = true
                return running.pid
            }
            if let pid { Signal.kill.send(to: pid) }
        }
    }

    /// Runs a program to its end and takes its failure as an error.
    @discardableResult
    static func runChecked(_ command: [String], doing what: String) async throws -> String {
        let outcome = try await self.run(command)
        guard outcome.status == 0 else {
            let words = (outcome.errors + outcome.output).trimmingCharacters(in: .whitespacesAndNewlines)
            throw TemporaryPostgresError(
                code: .commandFailed,
                message: "\(what) failed with status \(outcome.status): \(words)"
            )
        }
        return outcome.output
    }

    /// Starts a program; returns its process id, and the end of the pipe that it reads from if it wants one.
    ///
    /// - Parameters:
    ///   - command: The program and its arguments.
    ///   - hasInput: Whether it reads from a pipe, rather than from nothing.
    ///   - onOutput: What it and its children write to either output; nil once all of them have closed it.
    ///   - onExit: Its exit status.
    /// - Returns: The process id, and the end of the pipe to write to.
    /// - Throws: What Foundation throws when the program can't be started.
    package static func spawn(
        _ command: [String],
        hasInput: Bool = false,
        onOutput: (@Sendable (String?) -> Void)? = nil,
        onExit: @escaping @Sendable (Int32) -> Void
    ) async throws -> (processID: Int32, input: FileHandle?) {
        try await withCheckedThrowingContinuation { continuation in
            self.starter.async {
                do {
                    let process = self.process(command)
                    let input = hasInput ? Pipe() : nil
                    process.standardInput = input ?? FileHandle.nullDevice
                    let output = Pipe()
                    if let onOutput {
                        process.standardOutput = output
                        process.standardError = output
                        let reader = output.fileHandleForReading
                        // Not a readability handler: Foundation's sometimes misses the end of the file.
                        Thread.detachNewThread {
                            while case let data = reader.availableData, !data.isEmpty {
                                onOutput(String(decoding: data, as: UTF8.self))
                            }
                            try? reader.close()
                            onOutput(nil)
                        }
                    } else {
                        process.standardOutput = FileHandle.nullDevice
                        process.standardError = FileHandle.nullDevice
                    }
                    process.terminationHandler = { onExit($0.terminationStatus) }
                    try process.runWithSignals()
                    continuation.resume(returning: (process.processIdentifier, input?.fileHandleForWriting))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Reads on a thread of its own: a read that blocks one of Dispatch's holds up the cooperative pool too, which on
    /// Linux shares their number.
    private static func readToEnd(_ pipe: Pipe, in group: DispatchGroup, _ take: @escaping @Sendable (Data) -> Void) {
        let reader = pipe.fileHandleForReading
        group.enter()
        Thread.detachNewThread {
            take(reader.readDataToEndOfFile())
            // Foundation's `Process` is never freed on Linux, and keeps its pipes.
            try? reader.close()
            group.leave()
        }
    }

    private static func process(_ command: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        // libpq's own variables would send the programs elsewhere; English messages are what the code looks for.
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
        environment["LC_ALL"] = "C"
        process.environment = environment
        return process
    }
}
