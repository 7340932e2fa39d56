import ChildProcesses
import Foundation
import Synchronization
import Testing

@testable import grpc_hello

/// A client, and servers that come and go; each of them is a process.
final class HelloStage: Sendable {
    /// What the client says of one second.
    struct Second: Sendable {
        var tally: Tally
        /// When it was said, and when the one before was.
        var time: ClosedRange<ContinuousClock.Instant>
    }

    struct Server: Sendable {
        var name: String
        var port: String
        var process: HelloProcess
    }

    /// What did not come within so many of the client's seconds.
    struct TooLate: Error {
        var last: [Tally]
    }

    /// How long anything may take, in the client's seconds, on a machine that is busy.
    private static let patience = 60

    private let directory: String
    private let client: HelloProcess
    private let processes = Mutex<[HelloProcess]>([])
    private let said = Mutex<[Second]>([])

    private init(directory: String, client: HelloProcess) {
        self.directory = directory
        self.client = client
        self.processes.withLock { $0 = [client] }
    }

    /// Runs a client in a directory of its own, and whatever servers the body starts.
    static func run(while body: (HelloStage) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "grpc-hello-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let stage = HelloStage(directory: directory, client: try await .start(["client"], in: directory))
        do {
            try await body(stage)
            await stage.end(SIGTERM)
        } catch {
            await stage.end(SIGKILL)
            print((try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? "")
            throw error
        }
    }

    private func end(_ signal: Int32) async {
        let processes = self.processes.withLock { $0 }
        for process in processes { process.send(signal) }
        for process in processes { _ = await process.end() }
    }

    // MARK: Servers

    /// Starts a server, and waits until it listens; on a port that nobody is given by chance while it is away.
    func start(_ name: String) async throws -> Server {
        func port() -> String { String(Int.random(in: 10_000..<32_000)) }
        for _ in 1..<20 {
            try Task.checkCancellation()
            if let server = try? await self.start(name, port: port()) { return server }
        }
        return try await self.start(name, port: port())
    }

    private func start(_ name: String, port: String) async throws -> Server {
        let process = try await HelloProcess.start(
            ["server", "--name", name, "--port", port],
            in: self.directory
        )
        self.processes.withLock { $0.append(process) }
        for await line in process.lines {
            if let port = line.split(separator: ":").last {
                return Server(name: name, port: String(port), process: process)
            }
        }
        throw CancellationError()
    }

    /// Starts it again where it was.
    func restart(_ server: Server) async throws -> Server { try await self.start(server.name, port: server.port) }

    /// Ends it as an orchestrator does.
    func stop(_ server: Server) async {
        server.process.send(SIGTERM)
        #expect(await server.process.end() == NodeExit(status: 0, wasKilled: false))
    }

    /// Ends it without a chance to say anything.
    func kill(_ server: Server) async {
        server.process.send(SIGKILL)
        #expect(await server.process.end() == NodeExit(status: SIGKILL, wasKilled: true))
    }

    // MARK: What the client says

    /// Waits for a second of the client's.
    func wait(until isWished: (Tally) -> Bool) async throws {
        var last: [Tally] = []
        for await line in self.client.lines {
            guard let tally = Tally(line: line) else {
                // Why a call has failed.
                print(line)
                continue
            }
            let now = ContinuousClock.now
            self.said.withLock { $0.append(Second(tally: tally, time: ($0.last?.time.upperBound ?? now)...now)) }
            if isWished(tally) { return }
            last.append(tally)
            guard last.count < Self.patience else { break }
        }
        throw TooLate(last: last)
    }

    /// Waits until these servers have an even share each, and no other has any.
    func waitForShares(of names: [String]) async throws {
        try await self.wait { tally in
            let mean = tally.answers.values.reduce(0, +) / names.count
            // A second begins and ends in the midst of a round.
            return tally.answers.keys.sorted() == names.sorted() && mean > 0
                && tally.answers.values.allSatisfy { abs($0 - mean) <= max(2, mean / 5) }
        }
    }

    /// How many calls have failed so far, without those that a second has on which something may have been cut off.
    func failures(butFrom cut: ContinuousClock.Instant? = nil) -> Int {
        self.said.withLock { $0 }.filter { second in
            guard let cut else { return true }
            return !second.time.overlaps(cut...cut.advanced(by: .seconds(1)))
        }.map(\.tally.failures).reduce(0, +)
    }
}
