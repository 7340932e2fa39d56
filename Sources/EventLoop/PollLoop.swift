internal import Locking
internal import Synchronization
internal import Threads

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The one thread of the process that watches descriptors and deadlines with poll(2), and an executor.
///
/// It is the `SerialExecutor` of every actor that deals with descriptors; ``taskExecutor`` lets tasks run on it, too.
/// Nothing on it may block.
package final class PollLoop: SerialExecutor, @unchecked Sendable {
    package static let shared = PollLoop()

    private enum Work {
        /// A job of an actor on this executor.
        case job(UnownedJob)
        /// A job of a task that prefers the loop.
        case taskJob(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Inbox {
        var work: [Work] = []
        /// Set while the thread is, or is about to be, in a poll(2) that only this pipe ends.
        var sleeper: WakePipe?
    }

    package typealias TimerID = TimerQueue<() -> Void>.ID

    /// How often new work is taken before the sockets are looked at again.
    private static let roundsBetweenPolls = 16
    /// For how many milliseconds the loop sleeps at most while it can't be woken: the system gives it no pipe, or refuses
    /// its poll(2).
    fileprivate static let blindSleep: Int32 = 10

    private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Bool
    private let inbox = Locked(Inbox())
    private let tasks = LoopTaskExecutor()
    private let isStarted = Locked(false)
    /// Which thread it is, by ``BackgroundThread/currentID``.
    ///
    /// Only the thread itself writes it, and every other thread reads a number that is not its own, before and after; so
    /// no order is needed.
    private let threadID = Atomic<UInt>(0)

    // From here on: the loop's thread only.
    private(set) var pipe: WakePipe?
    private var batch: [Work] = []
    private(set) var polled: [pollfd] = []
    private var watches: [Watch?] = []
    private var hasGaps = false
    private var timers = TimerQueue<() -> Void>()

    /// Makes a loop that does not run yet; `startThread` is there for a test's system that has no thread left.
    init(startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool = { BackgroundThread.start($0) }) {
        self.startThread = startThread
    }

    /// Starts the loop's thread, if it does not run yet.
    ///
    /// Work that came before waits for it. An error leaves everything as it was, and the next call tries again.
    package func start() throws(LoopStartError) {
        // Two callers must not start two threads; and it is the first call only that does anything here.
        try self.isStarted.withLock { isStarted throws(LoopStartError) in
            guard !isStarted else { return }
            // A pipe that a failed attempt has left is as good as a new one. The thread does not run yet.
            self.pipe = self.pipe ?? WakePipe()
            guard self.pipe != nil else { throw .noDescriptor }
            guard self.startThread({ self.run() }) else { throw .noThread }
            isStarted = true
        }
    }

    /// The loop as a task's preferred executor: a consumer of notifications then runs where they arrive, and no thread
    /// has to be woken for it.
    ///
    /// When the loop can't be started it is the cooperative pool, on which everything works as well.
    package var taskExecutor: any TaskExecutor {
        do throws(LoopStartError) {
            try self.start()
            return self.tasks
        } catch {
            return globalConcurrentExecutor
        }
    }

    // MARK: - Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        self.add(.job(UnownedJob(job)))
    }

    func enqueueTask(_ job: UnownedJob) {
        self.add(.taskJob(job))
    }

    /// Runs a closure on the loop, soon and in order.
    ///
    /// From any thread.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        self.add(.closure(body))
    }

    private func add(_ work: Work) {
        let sleeper = self.inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.sleeper = nil }
            return inbox.sleeper
        }
        sleeper?.signal()
    }

    package func checkIsolated() {
        precondition(self.isCurrentThread, "not on the event loop")
    }

    package func isIsolatingCurrentContext() -> Bool? {
        self.isCurrentThread
    }

    private var isCurrentThread: Bool {
        self.threadID.load(ordering: .relaxed) == BackgroundThread.currentID
    }

    // MARK: - Sockets and deadlines, on the loop only

    /// Watches a duplicate of a descriptor; nil when there is no descriptor left.
    ///
    /// A hang-up or an error calls the handler, too. When another part of the process has closed the duplicate, the
    /// handler is called once more, and finds the watch no longer active.
    package func watch(_ descriptor: Int32, for interest: Watch.Interest, handler: @escaping () -> Void) -> Watch? {
        self.checkIsolated()
        let watch = Watch(duplicating: descriptor, index: self.polled.count, handler: handler)
        guard let watch else { return nil }
        self.polled.append(pollfd(fd: watch.descriptor, events: interest.rawValue, revents: 0))
        self.watches.append(watch)
        return watch
    }

    package func change(_ watch: Watch, to interest: Watch.Interest) {
        self.checkIsolated()
        guard watch.isActive else { return }
        self.polled[watch.index].events = interest.rawValue
    }

    package func end(_ watch: Watch) {
        self.checkIsolated()
        guard watch.isActive else { return }
        self.remove(watch)
        watch.close()
    }

    private func remove(_ watch: Watch) {
        // poll(2) passes over a negative descriptor; the gap is closed between two walks through the list.
        self.polled[watch.index].fd = -1
        self.watches[watch.index] = nil
        self.hasGaps = true
    }

    package func schedule(at deadline: ContinuousClock.Instant, _ handler: @escaping () -> Void) -> TimerID {
        self.checkIsolated()
        return self.timers.insert(handler, at: deadline)
    }

    package func cancel(_ timer: TimerID) {
        self.checkIsolated()
        self.timers.remove(timer)
    }

    // MARK: - The thread

    private func run() {
        self.threadID.store(BackgroundThread.currentID, ordering: .relaxed)
        self.polled = [pollfd(fd: self.pipe?.readEnd ?? -1, events: Int16(POLLIN), revents: 0)]
        self.watches = [nil]
        while true {
            self.runWork()
            self.closeGaps()
            self.poll()
            self.runTimers()
        }
    }

    private func runWork() {
        let executor = self.asUnownedSerialExecutor()
        let taskExecutor = self.tasks.asUnownedTaskExecutor()
        for _ in 0..<Self.roundsBetweenPolls {
            self.inbox.withLock { swap(&$0.work, &self.batch) }
            if self.batch.isEmpty { return }
            for work in self.batch {
                switch work {
                case .job(let job): job.runSynchronously(isolatedTo: executor, taskExecutor: taskExecutor)
                case .taskJob(let job): job.runSynchronously(on: taskExecutor)
                case .closure(let body): body()
                }
            }
            self.batch.removeAll(keepingCapacity: true)
        }
    }

    private func closeGaps() {
        guard self.hasGaps else { return }
        self.hasGaps = false
        var end = 1
        for index in 1..<self.watches.count {
            guard let watch = self.watches[index] else { continue }
            watch.index = end
            self.watches[end] = watch
            self.polled[end] = self.polled[index]
            end += 1
        }
        self.watches.removeSubrange(end...)
        self.polled.removeSubrange(end...)
    }

    private func poll() {
        let sleeps = self.inbox.withLock { inbox in
            guard inbox.work.isEmpty else { return false }
            inbox.sleeper = self.pipe
            return true
        }
        let timeout = sleeps ? self.millisecondsToSleep() : 0
        var ready = self.polled.withUnsafeMutableBufferPointer { polled in
            systemPoll(polled.baseAddress, nfds_t(polled.count), timeout)
        }
        if sleeps { self.inbox.withLock { $0.sleeper = nil } }

        if self.pipe == nil { self.renewPipe() }
        // The call was interrupted or refused: look again in the next turn.
        guard ready > 0 else { return }
        if self.polled[0].revents != 0 {
            if self.polled[0].revents & Int16(POLLNVAL) != 0 { self.renewPipe() } else { self.pipe?.drain() }
            ready -= 1
        }
        var index = 1
        while ready > 0, index < self.polled.count {
            if self.polled[index].revents != 0 {
                ready -= 1
                self.serve(index)
            }
            index += 1
        }
    }

    private func serve(_ index: Int) {
        let wasClosed = self.polled[index].revents & Int16(POLLNVAL) != 0
        self.polled[index].revents = 0
        // An earlier handler may have ended this one.
        guard let watch = self.watches[index] else { return }
        if wasClosed {
            // Another part of the process has closed the descriptor. The loop would spin on it, or next watch whatever
            // gets its number.
            self.remove(watch)
            watch.abandon()
        }
        watch.handler()
    }

    /// Makes a new pipe, or goes on without one until the system has one.
    ///
    /// Another part of the process has closed the old one. Its write end stays open: the number may be another's by now.
    private func renewPipe() {
        self.pipe = WakePipe()
        self.polled[0].fd = self.pipe?.readEnd ?? -1
    }

    private func millisecondsToSleep() -> Int32 {
        let limit = self.millisecondsToNextTimer()
        guard self.pipe == nil else { return limit }
        return limit < 0 ? Self.blindSleep : min(limit, Self.blindSleep)
    }

    private func millisecondsToNextTimer() -> Int32 {
        guard let next = self.timers.next else { return -1 }
        let wait = ContinuousClock.now.duration(to: next)
        guard wait > .zero else { return 0 }
        // Rounded up, or the loop would spin through the deadline's last millisecond.
        let milliseconds = wait / .milliseconds(1)
        return Int32(min(milliseconds.rounded(.up), 60_000))
    }

    private func runTimers() {
        guard self.timers.next != nil else { return }
        let now = ContinuousClock.now
        while let handler = self.timers.popDue(at: now) { handler() }
    }
}

/// poll(2) under a name that the method above does not hide.
private func systemPoll(_ descriptors: UnsafeMutablePointer<pollfd>?, _ count: nfds_t, _ timeout: Int32) -> Int32 {
    let ready = poll(descriptors, count, timeout)
    // No memory, or more descriptors than the process's limit, which was lowered: it does not wait, and so would spin.
    if ready < 0, errno != EINTR { usleep(UInt32(PollLoop.blindSleep) * 1_000) }
    return ready
}
