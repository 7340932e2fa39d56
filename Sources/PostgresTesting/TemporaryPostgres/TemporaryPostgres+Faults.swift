internal import ClusterFormation
internal import Foundation

extension TemporaryPostgres {
    /// Stops every process of the server in its tracks: connections stay open, and nobody answers.
    ///
    /// ``thaw()`` lets them go on.
    public func freeze() async throws {
        guard let server = self.processID else {
            throw TemporaryPostgresError(code: .notRunning, message: "the server is not running, and can't be frozen")
        }
        // The main process first, so that it starts no other.
        Signal.stop.send(to: server)
        let all = try await [server] + ProcessTable.children(of: server)
        let list = all.map(String.init).joined(separator: "\n")
        // For the watchdog, which has to thaw them if this process dies.
        try list.write(toFile: self.frozenFile, atomically: true, encoding: .utf8)
        for processID in all { Signal.stop.send(to: processID) }
    }

    /// Lets a frozen server go on.
    public func thaw() throws {
        guard let list = try? String(contentsOfFile: self.frozenFile, encoding: .utf8) else { return }
        for processID in list.split(separator: "\n").compactMap({ Int32($0) }) { Signal.continue.send(to: processID) }
        try FileManager.default.removeItem(atPath: self.frozenFile)
    }

    /// Kills every process of the server at once, as a crash of its machine does; returns when they are gone.
    ///
    /// ``start()`` starts it again, with recovery.
    public func kill() async throws {
        guard let run = self.currentRun, let server = self.processID else { return }
        Signal.stop.send(to: server)
        let all = try await [server] + ProcessTable.children(of: server)
        for processID in all { Signal.kill.send(to: processID) }
        try await self.waitForEnd(of: run, within: .seconds(30))
        try? FileManager.default.removeItem(atPath: self.frozenFile)
    }

    private var frozenFile: String { "\(self.scratch.path)/frozen" }
}

/// What the system knows of its processes.
enum ProcessTable {
    static func children(of parent: Int32) async throws -> [Int32] {
        #if os(Linux)
            // Not with ps, which small images lack.
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
            return names.compactMap { Int32($0) }.filter { processID in
                // "1234 (name) S 1 ...": the name may contain anything, the last parenthesis ends it.
                let line = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
                let fields = line?.split(separator: ")").last?.split(separator: " ")
                return fields.flatMap { $0.count > 1 ? Int32($0[1]) : nil } == parent
            }
        #else
            let lines = try await ChildProcess.runChecked(["ps", "-A", "-o", "pid=,ppid="], doing: "ps")
            return lines.split(separator: "\n").compactMap { line in
                let numbers = line.split(separator: " ").compactMap { Int32($0) }
                return numbers.count == 2 && numbers[1] == parent ? numbers[0] : nil
            }
        #endif
    }
}
