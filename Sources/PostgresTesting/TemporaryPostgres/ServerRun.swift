internal import ClusterFormation
internal import ClusterFormationTesting

/// One life of the postmaster, seen through its exit and its log.
struct ServerRun: Sendable {
    struct State: Sendable {
        /// The end of the log, whole lines.
        private(set) var log = ""
        private var unfinishedLine = ""
        private(set) var isReady = false
        /// How often the configuration files were read again.
        private(set) var reloads = 0
        /// The postmaster has exited.
        var exitStatus: Int32?
        /// The postmaster and all its children have closed the log, and so are gone.
        var logIsClosed = false

        var hasEnded: Bool { self.exitStatus != nil && self.logIsClosed }

        /// How much of the log is kept, in bytes.
        private static let logLimit = 64 << 10

        mutating func take(_ text: String) {
            var lines = (self.unfinishedLine + text).split(separator: "\n", omittingEmptySubsequences: false)
            self.unfinishedLine = lines.popLast().map(String.init) ?? ""
            for line in lines {
                self.log.append("\(line)\n")
                // "ready to accept connections", or "ready to accept read-only connections" on a standby.
                if line.contains("database system is ready to accept") { self.isReady = true }
                if line.contains("received SIGHUP, reloading configuration files") { self.reloads += 1 }
            }
            if self.log.utf8.count > Self.logLimit { self.log = String(self.log.suffix(Self.logLimit / 2)) }
        }
    }

    let processID: Int32
    let state: Observed<State>

    static func start(_ command: [String]) async throws -> ServerRun {
        let state = Observed(State())
        let (processID, _) = try await ChildProcess.spawn(command) { text in
            state.update { state in
                if let text { state.take(text) } else { state.logIsClosed = true }
            }
        } onExit: { status in
            state.update { $0.exitStatus = status }
        }
        return ServerRun(processID: processID, state: state)
    }
}
