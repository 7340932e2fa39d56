internal import LocalFiles
internal import Locking
internal import Threads

/// Peers from a file that somebody else keeps: configuration management, a ConfigMap, a service discovery's agent, an editor.
///
/// ```
/// # Peers of the orders service
/// 10.0.0.7:7337 zone=eu-1a
/// node-2.example.com:7337 zone=eu-1b version=12
/// [2001:db8::7]:7337
/// ```
///
/// Or the JSON that Prometheus reads as `file_sd` (`[{"targets": ["10.0.0.7:7337"], "labels": {"zone": "eu-1a"}}]`), which
/// many tools write; labels that begin with two underscores are left out. A file has up to 1 MB. The local node may be in
/// it.
///
/// What changes is seen within a second, whether the file is written in place, renamed into place, or behind symbolic links
/// that are swapped. A file that is broken or gone changes nothing: the last good list stays.
///
/// | code | what has happened |
/// |---|---|
/// | `file_missing` | There is no file. |
/// | `file_broken` | A line can't be read; the message names it. |
/// | `file_too_large` | The file has more than 1 MB. |
/// | `file_unreadable` | It may not be read, or is a directory, or the system reports an error. |
/// | `timeout` | The file system does not answer within 5 s. |
public struct FileStrategy: ClusterStrategy {
    /// The strategy's name in logs, status and metrics: `file`.
    public let name = "file"

    private let path: String
    private let defaultPort: Int?

    /// The time between two readings.
    ///
    /// Two of them, with 20 % of jitter, are within the second in which a change is to be seen. The file is read whole each
    /// time, and not watched: that costs some microseconds, and is the same on every system and file system, through
    /// symbolic links, renames, bind mounts, and the clocks of other machines that make two versions look equal.
    private static let interval: Duration = .milliseconds(300)

    /// Peers from a file.
    ///
    /// - Parameters:
    ///   - path: Where it is. It need not be there yet.
    ///   - defaultPort: The port of peers that name none; without it each has to name its own.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration``.
    public init(path: String, defaultPort: Int? = nil) throws {
        guard !path.isEmpty, path.utf8.count < 4096, !NodeMetadata.hasControlCharacters(path) else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The path of a file of peers has 1 to 4,095 bytes without control characters."
            )
        }
        if let defaultPort, !(1...65535).contains(defaultPort) {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "The default port is \(defaultPort); give a number from 1 to 65535."
            )
        }
        self.path = path
        self.defaultPort = defaultPort
    }

    /// Reads the file again and again until the task is cancelled.
    public func run(in context: StrategyContext) async throws {
        // A thread for each reading, since file systems can hang (NFS does when its server is gone), and a limit of one: the
        // next reading waits for it anyway.
        let threads = HelperThreads(limit: 1)
        let memory = Locked(FileMemory(path: self.path, defaultPort: self.defaultPort))
        var configuration = PollingConfiguration()
        configuration.interval = Self.interval
        configuration.longestWait = Self.interval
        // The file says who is there, and what is half written was sorted out by the memory of the file.
        configuration.removalGrace = .answers(1)
        configuration.emptyAnswers = 1
        let polling = try PollingStrategy(name: self.name, configuration: configuration) { _ in
            let reading = try await self.read(on: threads)
            return Lookup(memory.withLock { $0.take(reading) })
        }
        try await polling.run(in: context)
    }

    private func read(on threads: HelperThreads) async throws -> FileMemory.Reading {
        let path = self.path
        return try await withCheckedThrowingContinuation { continuation in
            let isTaken = threads.run {
                continuation.resume(
                    returning: FileMemory.Reading { () throws(FileReading.Flaw) in
                        try FileReading.read(path, limit: PeerFile.maximumBytes)
                    }
                )
            }
            guard !isTaken else { return }
            let message = "\(path): the system gives no thread to read it with."
            continuation.resume(throwing: LookupError(code: "file_unreadable", message: message))
        }
    }
}
