internal import Threads

/// Peers on the same host: processes of one user find each other with no server at all.
///
/// Each node holds a file in a directory that only its user may use. The others see it come, see its goodbye, and see a
/// death at once, a `kill -9` too: the lock on a file goes with the process that held it, however that ends. No process ids
/// are used, so containers that share a volume find each other as well.
///
/// It is the strategy for the first ten minutes, for tests, and for several processes on one machine. The directory has to
/// be on a local file system. Where the system tells of changes (Linux), all of this takes milliseconds; elsewhere the
/// directory is looked at every 50 ms.
///
/// | code | what has happened |
/// |---|---|
/// | `directory_unsafe` | The directory is another user's, open to others, or a symbolic link. |
/// | `directory_failed` | It can't be made or used, for instance because the disk is full. |
/// | `directory_gone` | It was removed while it was in use; it is made anew. |
/// | `locks_unsupported` | Its file system has no locks. |
/// | `instance_taken` | Another strategy of this process holds the node's file. |
public struct LocalStrategy: ClusterStrategy {
    /// The strategy's name in logs, status and metrics: `local`.
    public let name = "local"

    private let directory: String?

    /// How long the thread may take to leave before it is left behind: a file system may hang.
    private static let endGrace: Duration = .seconds(2)

    /// Peers of this user's in a directory that all of them find by the cluster's name.
    ///
    /// It is in `XDG_RUNTIME_DIR` where that is the user's own, else in `TMPDIR` or `/tmp`. Processes that see these
    /// variables differently do not find each other: give them a directory then.
    public init() {
        self.directory = nil
    }

    /// Peers in a directory of your own.
    ///
    /// - Parameter directory: Where the clusters' directories are, one for each name. It is made if it is not there; the
    ///   one above it has to be. What is made in it has mode 0700.
    /// - Throws: ``ClusterError`` with the code ``ClusterError/Code/invalidConfiguration`` when it is no absolute path.
    public init(directory: String) throws {
        guard directory.hasPrefix("/"), directory.utf8.count <= 1024, !NodeMetadata.hasControlCharacters(directory)
        else {
            throw ClusterError(
                code: .invalidConfiguration,
                message: "\(HostName.quoted(directory)) is not an absolute path of up to 1,024 bytes; "
                    + "give all nodes of the host the same one, such as /run/orders."
            )
        }
        self.directory = directory
    }

    /// Holds the local node's file and watches the others' until the task is cancelled.
    public func run(in context: StrategyContext) async throws {
        guard let pipe = WakePipe() else {
            throw LookupError(code: "no_descriptor", message: "The process has no file descriptor left; allow it more.")
        }
        // Made before the watcher reads what the node says, so that no change falls between the two.
        var updates = context.localNodeUpdates.makeAsyncIterator()
        let watcher = LocalWatcher(context, base: self.directory, pipe: pipe)
        guard BackgroundThread.start({ watcher.run() }) else {
            pipe.dispose()
            throw LookupError(code: "no_thread", message: "The system gives the process no thread; allow it more.")
        }
        // Until the task is cancelled.
        while await updates.next() != nil { watcher.wake() }
        watcher.stop()
        // In a task that is not cancelled itself, so that the goodbye is waited for.
        let clock = context.clock
        await Task {
            let deadline = clock.now.advanced(by: Self.endGrace)
            while !watcher.hasEnded, clock.now < deadline { await clock.sleep(until: deadline, or: watcher.ended) }
        }.value
        context.discovery.report(.stopped)
    }
}
