internal import LocalFiles
internal import Locking
internal import Threads

/// What a thread of its own does for ``LocalStrategy``: it comes to the directory, watches it, and leaves it.
///
/// Not one of the cooperative pool: it waits in the kernel for changes, and file systems may hang.
final class LocalWatcher: Sendable {
    /// How often everything is looked at where the system tells of changes: for what it does not tell.
    private static let interval: Duration = .seconds(1)
    /// The same where the system tells of nothing.
    private static let intervalWithoutNotice: Duration = .milliseconds(50)
    /// How long to wait after a failure.
    private static let retryDelay: Duration = .seconds(1)

    let ended = WakeSignal()
    private let context: StrategyContext
    private let base: String?
    private let pipe: WakePipe
    private let clock = ClusterClock(ContinuousClock())
    private let state = Locked((isStopped: false, hasEnded: false))

    init(_ context: StrategyContext, base: String?, pipe: WakePipe) {
        self.context = context
        self.base = base
        self.pipe = pipe
    }

    var hasEnded: Bool { self.state.withLock { $0.hasEnded } }

    /// Tells the thread that the local node says something else of itself.
    func wake() {
        self.state.withLock { state in
            if !state.hasEnded { self.pipe.signal() }
        }
    }

    /// Tells the thread to leave.
    func stop() {
        self.state.withLock { state in
            state.isStopped = true
            // Its number may be another descriptor's after the end.
            if !state.hasEnded { self.pipe.signal() }
        }
    }

    private var isStopped: Bool { self.state.withLock { $0.isStopped } }

    /// The thread's work, from its begin to its end.
    func run() {
        let instance = self.context.localNode.instance ?? .random()
        var roster = LocalRoster(local: instance)
        while !self.isStopped {
            let path = LocalDirectory.path(for: self.context.clusterName, in: self.base)
            do {
                try self.stay(in: path, instance: instance, &roster)
            } catch {
                self.report(Self.condition(of: error, at: path))
                self.pipe.wait(milliseconds: Self.milliseconds(Self.retryDelay))
            }
        }
        self.state.withLock { state in
            state.hasEnded = true
            self.pipe.dispose()
        }
        self.ended.wake()
    }

    private func stay(
        in path: String,
        instance: InstanceID,
        _ roster: inout LocalRoster
    ) throws(HostDirectory.Flaw) {
        if let base = self.base { HostDirectory.make(base) }
        let directory = try HostDirectory(path)
        // Watched before the others can see this node, so that of two newcomers at least one sees the other.
        let watch = DirectoryWatch(directory, pipe: self.pipe)
        var presence = try LocalPresence(
            in: directory,
            cluster: self.context.clusterName,
            localNode: self.localNode(instance),
            instance: instance,
            isObserver: self.context.isObserver
        )
        defer { if self.isStopped { presence.leave(roster) } }
        self.deliver(try presence.lookAtAll(&roster, at: self.clock.now))
        self.report(.active)
        let interval = watch.isEffective ? Self.interval : Self.intervalWithoutNotice
        var nextFullLook = self.clock.now.advanced(by: interval)
        while !self.isStopped {
            let next = min(nextFullLook, presence.nextLook ?? nextFullLook)
            let changes = watch.wait(milliseconds: Self.milliseconds(self.clock.now.duration(to: next)))
            guard !changes.isDirectoryGone else { throw .gone }
            let now = self.clock.now
            do {
                try presence.say(self.localNode(instance))
                if now >= nextFullLook || changes.hasOverflown {
                    nextFullLook = now.advanced(by: interval)
                    self.deliver(try presence.lookAtAll(&roster, at: now))
                    self.report(.active)
                }
                self.deliver(try presence.look(atChanged: changes.names, &roster, at: now))
            } catch .gone {
                throw .gone
            } catch {
                // The own file is held all the same, and the others need not take this node for dead.
                self.report(Self.condition(of: error, at: path))
            }
        }
    }

    private func localNode(_ instance: InstanceID) -> Node {
        var node = self.context.localNode
        node.instance = instance
        return node
    }

    private func report(_ condition: StrategyCondition) {
        guard !self.isStopped else { return }
        self.context.discovery.report(condition)
    }

    private func deliver(_ reports: [LocalRoster.Report]) {
        // What is seen after the end was told is nobody's business any more.
        guard !self.isStopped else { return }
        for report in reports {
            switch report {
            case .found(let node): self.context.discovery.found(node)
            case .lost(let node, let reason): self.context.discovery.lost(node, reason: reason)
            case .conflict(let endpoint): self.context.discovery.conflict(at: endpoint)
            }
        }
    }

    /// Rounded up, so that nobody wakes before it is time.
    private static func milliseconds(_ duration: Duration) -> Int32 {
        Int32(clamping: (max(.zero, duration).inNanoseconds + 999_999) / 1_000_000)
    }

    static func condition(of flaw: HostDirectory.Flaw, at path: String) -> StrategyCondition {
        let (code, message): (String, String) =
            switch flaw {
            case .notADirectory:
                (
                    "directory_unsafe",
                    "\(path) is a symbolic link or no directory; remove it, or choose another directory."
                )
            case .otherOwner(let user):
                (
                    "directory_unsafe",
                    "\(path) belongs to the user \(user), not to this process's; choose another directory."
                )
            case .tooOpen(let mode):
                (
                    "directory_unsafe",
                    "\(path) is open to others (mode \(String(mode, radix: 8))); chmod 700 it, or choose another directory."
                )
            case .tooManyFiles:
                ("directory_failed", "There are too many files in \(path); remove what is not a node's.")
            case .noLocks:
                (
                    "locks_unsupported",
                    "The file system of \(path) has no locks (flock); choose a directory on a local one."
                )
            case .gone: ("directory_gone", "\(path) was removed or replaced; it is made anew.")
            case .nameTaken:
                (
                    "instance_taken",
                    "Another strategy already holds this node's file in \(path); one in a process is enough."
                )
            case .failed(let number): ("directory_failed", "\(path) can't be used: \(SystemError.text(number)).")
            }
        return .impaired(code: code, message: message)
    }
}
